package io.thermocline.testkit;

import io.thermocline.model.Compression;
import io.thermocline.model.RecordBatch;
import java.util.ArrayList;
import java.util.List;

/** One row of a table in memory. */
record MemoryRow(StoredRecord record, long appendTimeMillis) {
  long offset() {
    return record.offset();
  }

  long timestampMillis() {
    return record.timestampMillis();
  }

  int sizeInBytes() {
    return 20 + length(record.key()) + length(record.value());
  }

  /** The first rows up to {@code maxBytes}; one at least, unless there is none. */
  static List<MemoryRow> pick(List<MemoryRow> rows, int maxBytes) {
    List<MemoryRow> picked = new ArrayList<>();
    long bytes = 0;
    for (MemoryRow row : rows) {
      bytes += row.sizeInBytes();
      if (!picked.isEmpty() && bytes > maxBytes) {
        break;
      }
      picked.add(row);
    }
    return picked;
  }

  /** The rows as batches; one begins where the append time changes or the offsets leap. */
  static List<RecordBatch> batches(List<MemoryRow> rows) {
    List<RecordBatch> batches = new ArrayList<>();
    List<StoredRecord> run = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      MemoryRow row = rows.get(i);
      run.add(row.record());
      boolean last = i + 1 == rows.size();
      if (last
          || rows.get(i + 1).appendTimeMillis() != row.appendTimeMillis()
          || rows.get(i + 1).offset() - run.get(0).offset() > Integer.MAX_VALUE) {
        batches.add(TestBatches.batch(Compression.NONE, row.appendTimeMillis(), run));
        run.clear();
      }
    }
    return batches;
  }

  private static int length(Bytes bytes) {
    return bytes == null ? 0 : bytes.length();
  }
}
