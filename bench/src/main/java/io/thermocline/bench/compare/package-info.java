/**
 * The side-by-side benchmark: the same work done to this server and to a peer, in turns.
 *
 * <p>A {@link io.thermocline.bench.compare.Contender} starts a {@link
 * io.thermocline.bench.compare.Broker}; a {@link io.thermocline.bench.compare.Case} is one class
 * that does its work through that port and hands back figures. {@link
 * io.thermocline.bench.compare.Cases} lists them.
 */
package io.thermocline.bench.compare;
