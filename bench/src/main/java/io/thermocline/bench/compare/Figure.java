package io.thermocline.bench.compare;

/**
 * One thing measured once.
 *
 * @param name equal for both sides, and unlike every other figure's
 */
public record Figure(String name, double value, Unit unit) {

  /** Bytes of record values moved in that time. */
  public static Figure rate(String name, long bytes, long nanos) {
    return new Figure(name, bytes * 1e3 / nanos, Unit.MEGABYTES_PER_SECOND);
  }
}
