package io.thermocline.bench.compare;

import java.util.OptionalDouble;

/**
 * What is printed of a figure: the medians of its rounds.
 *
 * @param peer empty for what only our side has
 * @param disk median of the probes of those rounds, megabytes a second
 */
record Result(String name, double ours, OptionalDouble peer, Unit unit, double disk) {
  OptionalDouble ratio() {
    return peer.stream().map(other -> ours / other).findFirst();
  }
}
