/** What streams of both kinds work with. */
package io.thermocline.gateway.stream;
