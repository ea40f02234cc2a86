/** What the domain's values, conditions and failures are on the wire. */
package io.thermocline.gateway.wire;
