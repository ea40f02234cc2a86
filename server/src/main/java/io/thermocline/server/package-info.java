/**
 * One process put together: {@link io.thermocline.server.ThermoclineServer} wires the parts in the
 * order they depend on each other, and closes them in reverse.
 */
package io.thermocline.server;
