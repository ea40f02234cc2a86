package io.thermocline.model;

import java.util.List;
import java.util.Optional;

/**
 * A partition as the table's current snapshot has it.
 *
 * @param partition its number
 * @param logStart the table's copy of the log start; the hot tier's, if larger, counts
 * @param tieredTo one past the last offset in the cold tier; moved only by a commit
 * @param files data files in offset order, without overlaps; none lies wholly below {@code
 *     logStart}
 * @param lost ranges below {@code tieredTo} that were damaged before they could be tiered
 * @param problem why it is degraded: then what is provably right stays readable, and nothing is
 *     tiered, trimmed or expired; empty when it is well
 */
public record ColdPartition(
    int partition,
    long logStart,
    long tieredTo,
    List<ColdFile> files,
    List<OffsetRange> lost,
    Optional<String> problem) {
  public ColdPartition {
    files = List.copyOf(files);
    lost = List.copyOf(lost);
    if (logStart < 0 || tieredTo < 0) {
      throw new IllegalArgumentException("Not a place: " + logStart + ", " + tieredTo);
    }
  }

  /** A partition nothing was tiered of. */
  public static ColdPartition empty(int partition) {
    return new ColdPartition(partition, 0, 0, List.of(), List.of(), Optional.empty());
  }

  /** Bytes of its files. */
  public long bytes() {
    return files.stream().mapToLong(file -> file.span().bytes()).sum();
  }
}
