package io.thermocline.cold.parquet;

/** The microseconds that Iceberg counts in, and the milliseconds that we count in. */
final class Micros {
  private static final long IN_MILLI = 1000;

  private Micros() {}

  static long ofMillis(long millis) {
    return Math.multiplyExact(millis, IN_MILLI);
  }

  /** As {@link #ofMillis}; the nearest there is where it does not fit. */
  static long saturated(long millis) {
    if (millis > Long.MAX_VALUE / IN_MILLI) {
      return Long.MAX_VALUE;
    }
    return millis < Long.MIN_VALUE / IN_MILLI ? Long.MIN_VALUE : millis * IN_MILLI;
  }

  static long toMillis(long micros) {
    return Math.floorDiv(micros, IN_MILLI);
  }
}
