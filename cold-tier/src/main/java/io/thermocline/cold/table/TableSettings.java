package io.thermocline.cold.table;

import java.time.Duration;
import java.util.Objects;

/**
 * How tables are looked at and kept.
 *
 * @param maxViewAge how old a copy of a table's state may be before the table is looked at again,
 *     so that other writers' changes are seen
 * @param safeAge how long old snapshots and files that nothing names are kept; {@code > 0}
 * @param snapshotsKept how many snapshots are kept, however old
 * @param sweepInterval how often a table's files are compared with its metadata
 */
public record TableSettings(
    Duration maxViewAge, Duration safeAge, int snapshotsKept, Duration sweepInterval) {
  public TableSettings {
    Objects.requireNonNull(sweepInterval, "sweepInterval");
    if (maxViewAge.isNegative() || safeAge.isNegative() || safeAge.isZero() || snapshotsKept < 1) {
      throw new IllegalArgumentException(
          "Not table settings: maxViewAge %s, safeAge %s, snapshotsKept %d"
              .formatted(maxViewAge, safeAge, snapshotsKept));
    }
  }

  /** The defaults. */
  public static TableSettings defaults() {
    return new TableSettings(Duration.ofSeconds(30), Duration.ofDays(1), 10, Duration.ofHours(1));
  }
}
