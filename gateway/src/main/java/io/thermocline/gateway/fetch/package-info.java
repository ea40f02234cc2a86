/** Fetch streams: places, credit, turns, and what is sent. */
package io.thermocline.gateway.fetch;
