package io.thermocline.hot.audit;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.IndexFile;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentIndex;
import java.util.Optional;

/**
 * Compares a stored index with the batches of its segment, which come in order. An entry must lead
 * to a batch, name its offset, and know the largest timestamp up to the next entry. Used once.
 */
final class IndexAudit {
  private final SegmentIndex.Snapshot stored;
  private String problem = "";
  private int entry = -1;
  private long firstAppendMillis;
  private long lastAppendMillis;
  private long largestTimestamp;
  private boolean empty = true;

  private IndexAudit(SegmentIndex.Snapshot stored) {
    this.stored = stored;
  }

  /**
   * The audit of a segment's stored index.
   *
   * @return empty when there is none that can be used
   */
  static Optional<IndexAudit> of(Disk disk, Segment segment, long coveredBytes) {
    return IndexFile.read(disk, segment, coveredBytes)
        .map(index -> new IndexAudit(index.snapshot()));
  }

  /** Takes in the next batch. */
  void add(long position, BatchHeader header) {
    if (empty) {
      firstAppendMillis = header.appendTimeMillis();
      empty = false;
    }
    lastAppendMillis = Math.max(lastAppendMillis, header.appendTimeMillis());
    if (entry + 1 < stored.positions().length && position >= stored.positions()[entry + 1]) {
      endEntry();
      entry++;
      largestTimestamp = header.maxTimestampMillis();
      check(
          stored.positions()[entry] == position && stored.offsets()[entry] == header.baseOffset(),
          "entry %d names offset %d at position %d, where there is no such batch"
              .formatted(entry, stored.offsets()[entry], stored.positions()[entry]));
    } else {
      largestTimestamp = Math.max(largestTimestamp, header.maxTimestampMillis());
      check(entry >= 0, "its first entry does not lead to the first batch");
    }
  }

  private void endEntry() {
    check(
        entry < 0 || stored.timestamps()[entry] == largestTimestamp,
        "entry %d does not have the largest timestamp up to the next, %d"
            .formatted(entry, largestTimestamp));
  }

  /** What does not agree; empty when all of it does. Called once, after the last batch. */
  String problem() {
    endEntry();
    check(
        entry + 1 == stored.positions().length,
        "entry %d leads past the last batch".formatted(entry + 1));
    check(
        empty
            || (stored.firstAppendMillis() == firstAppendMillis
                && stored.lastAppendMillis() == lastAppendMillis),
        "its append times are not those of the batches");
    return problem;
  }

  private void check(boolean holds, String otherwise) {
    if (!holds && problem.isEmpty()) {
      problem = otherwise;
    }
  }
}
