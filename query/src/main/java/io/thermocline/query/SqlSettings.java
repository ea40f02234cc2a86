package io.thermocline.query;

import java.time.Duration;
import java.util.Objects;

/**
 * What SQL may use of this machine.
 *
 * @param maxMemoryBytes DuckDB's memory for one statement, outside the Java heap
 * @param threads DuckDB's threads for one statement, {@code > 0}
 * @param timeout of one statement, waiting for its turn included
 * @param maxConcurrent statements at once, {@code > 0}
 * @param maxResultBytes text of one answer, {@code > 0}
 */
public record SqlSettings(
    long maxMemoryBytes, int threads, Duration timeout, int maxConcurrent, long maxResultBytes) {
  public SqlSettings {
    Objects.requireNonNull(timeout, "timeout");
    if (maxMemoryBytes <= 0
        || threads <= 0
        || maxConcurrent <= 0
        || maxResultBytes <= 0
        || timeout.isNegative()
        || timeout.isZero()) {
      throw new IllegalArgumentException("Every limit of SQL is greater than zero");
    }
  }

  /** 512 MiB, 2 threads, 30 seconds, 2 at once, 16 MiB of answer. */
  public static SqlSettings defaults() {
    return new SqlSettings(512L << 20, 2, Duration.ofSeconds(30), 2, 16L << 20);
  }
}
