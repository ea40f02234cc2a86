package io.thermocline.cold.table;

import java.time.Duration;
import java.util.Objects;

/**
 * How tables are looked at and kept.
 *
 * @param maxViewAge how old a copy of a table's state may be before the table is looked at again,
 *     so that other writers' changes are seen
 * @param snapshotAge how long a snapshot can be read after it was replaced; each one makes the
 *     metadata larger that every commit writes; {@code > 0}
 * @param snapshotsKept how many snapshots are kept, however old
 * @param orphanAge how long a file that no metadata names is kept: longer than any upload waits for
 *     its commit; {@code > 0}
 * @param sweepInterval how often a table's files are compared with its metadata
 */
public record TableSettings(
    Duration maxViewAge,
    Duration snapshotAge,
    int snapshotsKept,
    Duration orphanAge,
    Duration sweepInterval) {
  public TableSettings {
    Objects.requireNonNull(sweepInterval, "sweepInterval");
    if (maxViewAge.isNegative()
        || !isPositive(snapshotAge)
        || !isPositive(orphanAge)
        || snapshotsKept < 1) {
      throw new IllegalArgumentException(
          "Not table settings: maxViewAge %s, snapshotAge %s, snapshotsKept %d, orphanAge %s"
              .formatted(maxViewAge, snapshotAge, snapshotsKept, orphanAge));
    }
  }

  /** The defaults. */
  public static TableSettings defaults() {
    return new TableSettings(
        Duration.ofSeconds(30), Duration.ofHours(2), 10, Duration.ofDays(1), Duration.ofHours(1));
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }
}
