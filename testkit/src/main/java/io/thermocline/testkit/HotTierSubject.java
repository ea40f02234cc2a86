package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Appended;
import io.thermocline.model.Compression;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.Span;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * What the hot tier's contract suites are run on. The class that implements a suite creates these
 * anew before each test and closes them after it.
 */
public interface HotTierSubject {
  /** A fresh hot tier. */
  HotTier hot();

  /** The registry behind {@link #hot}, without topics. */
  TopicRegistry topics();

  /** The only clock of both. */
  ManualClock clock();

  /**
   * Lets work happen that the subject does by itself as time goes by. Nothing to do when a thread
   * of its own does it.
   */
  default void tick() {}

  /** Partition 0 of a new topic. */
  default TopicPartition newPartition() {
    return newPartition("orders");
  }

  /** Partition 0 of a new topic with that name. */
  default TopicPartition newPartition(String topic) {
    return topics().create(topic, 1).partition(0);
  }

  /** Appends the records as one batch and returns them at the offsets they were given. */
  default List<StoredRecord> append(TopicPartition id, List<StoredRecord> records) {
    return append(id, Compression.NONE, records);
  }

  /** Appends the records as one batch and returns them at the offsets they were given. */
  default List<StoredRecord> append(
      TopicPartition id, Compression compression, List<StoredRecord> records) {
    Appended appended = Await.result(hot().append(id, TestBatches.content(compression, records)));
    return rebased(records, appended.baseOffset());
  }

  /** Appends {@code count} plain records as one batch and returns where the log ends then. */
  default long appendPlain(TopicPartition id, int count) {

    Await.result(hot().append(id, TestBatches.content(Compression.NONE, Records.plain(0, count))));
    return hot().state(id).end();
  }

  /** The records with dense offsets from {@code base} on. */
  static List<StoredRecord> rebased(List<StoredRecord> records, long base) {
    List<StoredRecord> moved = new ArrayList<>(records.size());
    for (StoredRecord record : records) {
      moved.add(record.at(base + moved.size()));
    }
    return moved;
  }

  /** One read that has to make progress. */
  default ReadResult.Progress progress(TopicPartition id, long from, int maxBytes) {
    ReadResult result = Await.result(hot().read(id, from, maxBytes));
    assertThat(result).as("read of %s from %d", id, from).isInstanceOf(ReadResult.Progress.class);
    ReadResult.Progress progress = (ReadResult.Progress) result;
    BatchRules.check(progress, from);
    return progress;
  }

  /** The records from {@code from} to the end, read in steps; each step's answer is checked. */
  default List<StoredRecord> readAll(TopicPartition id, long from, int maxBytes) {
    List<StoredRecord> records = new ArrayList<>();
    long next = from;
    while (next < hot().state(id).end()) {
      ReadResult.Progress progress = progress(id, next, maxBytes);
      assertThat(progress.lost()).isEmpty();
      for (RecordBatch batch : progress.batches()) {
        for (StoredRecord record : TestBatches.decode(batch)) {
          if (record.offset() >= next) {
            records.add(record);
          }
        }
      }
      next = progress.nextOffset();
    }
    return records;
  }

  /** The spans that hold any offset, checked to be in order, without overlaps, up to the end. */
  default List<Span> filledSpans(TopicPartition id) {
    List<Span> spans = hot().spans(id).stream().filter(span -> !span.range().isEmpty()).toList();
    long reached = 0;
    for (Span span : spans) {
      OffsetRange range = span.range();
      assertThat(range.from()).as("spans in order: %s", spans).isGreaterThanOrEqualTo(reached);
      assertThat(span.bytes()).as("bytes of %s", span).isPositive();
      assertThat(span.lastAppendTimeMillis())
          .as("append times of %s", span)
          .isGreaterThanOrEqualTo(span.firstAppendTimeMillis());
      reached = range.to();
    }
    if (!spans.isEmpty()) {
      assertThat(reached).as("the last span ends at the end").isEqualTo(hot().state(id).end());
    }
    return spans;
  }
}
