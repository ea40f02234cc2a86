package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the cold tier's contract suites are run on. The class that implements a suite creates it
 * anew, over an empty warehouse, before each test and closes it after it.
 */
public interface ColdTierSubject {
  /** How the suites have files written. */
  ColdWriteSettings SETTINGS = new ColdWriteSettings(Compression.ZSTD);

  /** Append time of what {@link #write} writes. */
  long APPENDED = Records.NOON + 1_000;

  /** A fresh cold tier over an empty warehouse. */
  ColdTier cold();

  /** Partition 0 of a topic that has no table yet. */
  default TopicPartition newPartition() {
    return newTopic().partition(0);
  }

  /** A topic that has no table yet; always with the same name. */
  default TopicId newTopic() {
    return new TopicId(UUID.randomUUID(), "web.orders");
  }

  /** Writes records, in batches of at most 100, as one file of {@code range}. */
  default ColdFile write(TopicPartition id, OffsetRange range, List<StoredRecord> records) {
    List<RecordBatch> batches = batches(records);
    Optional<ColdFile> file = cold().write(id, range, batches.iterator(), SETTINGS);
    return file.orElseThrow(() -> new AssertionError("Nothing was written of " + range));
  }

  /** Writes and commits records as one file from tiered-to to one past the last of them. */
  default ColdTopic tier(TopicPartition id, List<StoredRecord> records) {
    long from = partition(id).tieredTo();
    long to = records.get(records.size() - 1).offset() + 1;
    return commit(id, move(id, from, to, write(id, new OffsetRange(from, to), records)));
  }

  /** Commits moves with a new id. */
  default ColdTopic commit(TopicPartition id, ColdCommit.Move... moves) {
    return cold().commit(id.topic(), new ColdCommit(UUID.randomUUID(), List.of(moves)));
  }

  /** The partition as the table has it, an empty one without a table. */
  default ColdPartition partition(TopicPartition id) {
    return cold()
        .topic(id.topic())
        .map(topic -> topic.partition(id.partition()))
        .orElseGet(() -> ColdPartition.empty(id.partition()));
  }

  /** One read that has to make progress. */
  default ReadResult.Progress progress(TopicPartition id, long from, int maxBytes) {
    ReadResult result = cold().read(id, from, maxBytes);
    assertThat(result).as("read of %s from %d", id, from).isInstanceOf(ReadResult.Progress.class);
    ReadResult.Progress progress = (ReadResult.Progress) result;
    BatchRules.check(progress, from);
    assertThat(progress.batches())
        .as("no record below %d", from)
        .allMatch(batch -> batch.baseOffset() >= from);
    return progress;
  }

  /** All answers from {@code from} to tiered-to, each one checked. */
  default List<ReadResult.Progress> readSteps(TopicPartition id, long from, int maxBytes) {
    List<ReadResult.Progress> steps = new ArrayList<>();
    long next = from;
    long end = partition(id).tieredTo();
    while (next < end) {
      ReadResult.Progress step = progress(id, next, maxBytes);
      next = step.nextOffset();
      steps.add(step);
    }
    assertThat(next).isEqualTo(Math.max(from, end));
    return steps;
  }

  /** The records from {@code from} to tiered-to. */
  default List<StoredRecord> readAll(TopicPartition id, long from, int maxBytes) {
    return readSteps(id, from, maxBytes).stream()
        .flatMap(step -> TestBatches.decode(step.batches()).stream())
        .toList();
  }

  /** A move of {@code [from, to)} that leaves the log start alone. */
  static ColdCommit.Move move(TopicPartition id, long from, long to, ColdFile... files) {
    return new ColdCommit.Move(id.partition(), from, to, 0, List.of(files), List.of());
  }

  /** A move of the log start alone. */
  static ColdCommit.Move logStart(TopicPartition id, long tieredTo, long logStart) {
    return new ColdCommit.Move(id.partition(), tieredTo, tieredTo, logStart, List.of(), List.of());
  }

  /** Records as batches of at most 100, each appended at {@link #APPENDED}. */
  static List<RecordBatch> batches(List<StoredRecord> records) {
    List<RecordBatch> batches = new ArrayList<>();
    int start = 0;
    for (int end = 1; end <= records.size(); end++) {
      long first = records.get(start).offset();
      if (end == records.size()
          || end - start == 100
          || records.get(end).offset() - first > Integer.MAX_VALUE) {
        batches.add(TestBatches.batch(Compression.LZ4, APPENDED, records.subList(start, end)));
        start = end;
      }
    }
    return batches;
  }
}
