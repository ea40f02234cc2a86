package io.thermocline.hot.directory;

import io.thermocline.hot.directory.Metadata.PartitionEntry;
import io.thermocline.model.OffsetRange;
import java.util.Optional;

/**
 * What is known of a log before any of its segments is read.
 *
 * @param mark the checkpoint's
 * @param notedTo one past the last offset of which the producers were noted
 * @param journalledTo one past the last offset the journal has
 */
public record KnownLog(
    PartitionEntry entry, Optional<Checkpoint.Mark> mark, long notedTo, long journalledTo) {

  /** One past the last offset that was surely durable. */
  public long durableTo() {
    long marked = Math.max(mark.map(Checkpoint.Mark::end).orElse(0L), journalledTo);
    long read = entry.lost().stream().mapToLong(OffsetRange::to).max().orElse(0);
    return Math.max(Math.max(Math.max(marked, read), notedTo), start());
  }

  /** The first offset that is to be readable on local disk. */
  public long start() {
    return Math.max(entry.trimmedTo(), entry.logStart());
  }
}
