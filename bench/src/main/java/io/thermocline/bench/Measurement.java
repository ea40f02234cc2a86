package io.thermocline.bench;

import java.time.Duration;

/**
 * One figure.
 *
 * @param name of the case
 * @param bytes of record values moved
 * @param nanos it took
 * @param note what was measured, for a person
 */
record Measurement(String name, long bytes, long nanos, String note) {
  /** Megabytes (10^6 bytes) of record values a second. */
  double megabytesPerSecond() {
    return bytes * 1e3 / nanos;
  }

  /** The same, with what it cost the server. */
  Measurement beside(Duration serverCpu) {
    double secondsPerGigabyte = serverCpu.toNanos() / (double) bytes;
    return new Measurement(
        name,
        bytes,
        nanos,
        "%s; the server took %.2f processor seconds a GB".formatted(note, secondsPerGigabyte));
  }
}
