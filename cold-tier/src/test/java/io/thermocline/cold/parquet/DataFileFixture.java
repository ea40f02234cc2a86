package io.thermocline.cold.parquet;

import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/** Files small enough for a test, with many pages and row groups all the same. */
final class DataFileFixture {
  static final TopicPartition ID =
      new TopicId(UUID.fromString("0b5e1f4e-7a55-4b69-9a3c-1f5d9d0c2a11"), "orders").partition(3);
  static final long APPENDED = Records.NOON + 1_000_000;
  static final DataFileSettings SMALL = new DataFileSettings(Compression.ZSTD, 64 * 1024, 4 * 1024);
  static final ReadSettings SMALL_READS =
      new ReadSettings(16 * 1024, 2 * 1024, 8 * 1024, Compression.NONE);

  private DataFileFixture() {}

  /** Batches of {@code size} records each; every one was appended a millisecond after the other. */
  static List<RecordBatch> batches(Compression compression, int size, List<StoredRecord> records) {
    List<RecordBatch> batches = new ArrayList<>();
    for (int i = 0; i < records.size(); i += size) {
      List<StoredRecord> some = records.subList(i, Math.min(records.size(), i + size));
      batches.add(TestBatches.batch(compression, APPENDED + batches.size(), some));
    }
    return batches;
  }

  static OffsetRange rangeOf(List<StoredRecord> records) {
    return new OffsetRange(records.get(0).offset(), records.get(records.size() - 1).offset() + 1);
  }

  static WrittenFile write(Path file, OffsetRange range, List<RecordBatch> batches) {
    return new DataFileWriter(SMALL).write(ID, range, batches.iterator(), file).orElseThrow();
  }

  static WrittenFile write(Path file, List<StoredRecord> records) {
    return write(file, rangeOf(records), batches(Compression.NONE, 10, records));
  }

  static DataFileReader reader(RangeSource source, WrittenFile file) {
    FileFooter footer = FileFooter.read(source, OptionalInt.of(file.indexCrc32c()));
    return new DataFileReader(source, footer, SMALL_READS);
  }

  /** All that a cursor gives, in reads of {@code maxBytes}. */
  static List<RecordBatch> drain(DataFileCursor cursor, int maxBytes) {
    List<RecordBatch> all = new ArrayList<>();
    List<RecordBatch> some = cursor.read(maxBytes);
    while (!some.isEmpty()) {
      all.addAll(some);
      some = cursor.read(maxBytes);
    }
    return all;
  }

  static List<StoredRecord> readAll(RangeSource source, WrittenFile file) {
    try (DataFileCursor cursor = reader(source, file).cursor(file.range().from())) {
      return TestBatches.decode(drain(cursor, 32 * 1024));
    }
  }
}
