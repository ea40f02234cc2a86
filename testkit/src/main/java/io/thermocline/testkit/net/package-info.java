/** Networks that misbehave. */
package io.thermocline.testkit.net;
