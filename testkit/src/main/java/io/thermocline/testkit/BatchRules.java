package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import java.util.List;

/** What holds for every batch and every answer that a tier gives. */
public final class BatchRules {
  private BatchRules() {}

  /** Checks one batch: its checksum, its counts, and what it says about its records. */
  public static void check(RecordBatch batch) {
    assertThat(batch.content().crc32c())
        .as("producer's checksum of the batch at %d", batch.baseOffset())
        .isEqualTo(batch.content().computeCrc32c());
    List<StoredRecord> records = TestBatches.decode(batch);
    assertThat(records).as("count of %s", batch.range()).hasSize(batch.content().count());
    long reached = batch.baseOffset();
    for (StoredRecord record : records) {
      assertThat(record.offset())
          .as("offsets ascend inside %s", batch.range())
          .isBetween(reached, batch.nextOffset() - 1);
      reached = record.offset() + 1;
    }
    records.stream()
        .mapToLong(StoredRecord::timestampMillis)
        .max()
        .ifPresent(
            max ->
                assertThat(batch.maxTimestampMillis())
                    .as("largest timestamp of %s", batch.range())
                    .isEqualTo(max));
  }

  /** Checks an answer to a read from {@code from}: order, no overlaps, and progress. */
  public static void check(ReadResult.Progress progress, long from) {
    assertThat(progress.nextOffset()).as("progress from %d", from).isGreaterThan(from);
    long reached = 0;
    for (RecordBatch batch : progress.batches()) {
      check(batch);
      assertThat(batch.baseOffset())
          .as("batches in order, from %d", from)
          .isGreaterThanOrEqualTo(reached);
      assertThat(batch.nextOffset())
          .as("no batch wholly below %d, none past the next offset", from)
          .isBetween(from + 1, progress.nextOffset());
      reached = batch.nextOffset();
    }
    for (OffsetRange lost : progress.lost()) {
      assertThat(lost.to()).as("lost below the next offset").isBetween(from, progress.nextOffset());
    }
  }
}
