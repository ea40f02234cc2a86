package io.thermocline.server.cli;

import io.thermocline.hot.segment.DamagedBytes;
import io.thermocline.hot.segment.StoredBatch;

/** What a dump of one segment adds up to. */
final class DumpSums {
  private long batches;
  private long records;
  private long damagedRuns;
  private long damagedBatches;

  void add(StoredBatch batch) {
    batches++;
    if (batch.contentIntact()) {
      records += batch.count();
    }
    if (!batch.isIntact()) {
      damagedBatches++;
    }
  }

  void add(DamagedBytes damage) {
    damagedRuns += damage.bytes() > 0 ? 1 : 0;
  }

  long batches() {
    return batches;
  }

  long records() {
    return records;
  }

  /** Runs of bytes without a batch. */
  long damagedRuns() {
    return damagedRuns;
  }

  long damagedBatches() {
    return damagedBatches;
  }

  boolean isDamaged() {
    return damagedRuns + damagedBatches > 0;
  }
}
