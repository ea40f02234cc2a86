package io.thermocline.bench.compare;

/**
 * What is printed of a figure: the medians of its rounds.
 *
 * @param disk median of the probes of those rounds, megabytes a second
 */
record Result(String name, double ours, double peer, Unit unit, double disk) {
  double ratio() {
    return ours / peer;
  }
}
