package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The history of a log over both tiers: knows every record that was acknowledged, and checks what
 * must be true after each step of a test, whatever failed in it. Every offset from the log start on
 * is there exactly once, as it was produced, hot or cold; no reader meets a gap; tiered-to and log
 * start never go back; nothing is trimmed that is not tiered. One thread.
 */
public final class TierHistory {
  private final HotTier hot;
  private final Map<TopicPartition, TreeMap<Long, StoredRecord>> acknowledged = new HashMap<>();
  private final Map<TopicPartition, Reached> reached = new HashMap<>();

  private record Reached(long logStart, long tieredTo) {}

  /** Nothing was appended so far. */
  public TierHistory(HotTier hot) {
    this.hot = hot;
  }

  /** Records that the hot tier has acknowledged, at their offsets. */
  public void acknowledged(TopicPartition id, List<StoredRecord> records) {
    TreeMap<Long, StoredRecord> all = acknowledged.computeIfAbsent(id, key -> new TreeMap<>());
    for (StoredRecord record : records) {
      assertThat(all.put(record.offset(), record))
          .as("what offset %d of %s named before", record.offset(), id)
          .isNull();
    }
  }

  /** How the table has a partition; an empty one where there is no table. */
  public static ColdPartition table(ColdTier cold, TopicPartition id) {
    return cold.topic(id.topic())
        .map(table -> table.partition(id.partition()))
        .orElseGet(() -> ColdPartition.empty(id.partition()));
  }

  /** Checks a partition; neither tier may fail meanwhile. */
  public void check(ColdTier cold, TopicPartition id) {
    ColdPartition table = table(cold, id);
    PartitionState state = hot.state(id);
    long logStart = Math.max(state.logStart(), table.logStart());
    String where = id + " " + state + " tiered to " + table.tieredTo();
    assertThat(state.hotStart())
        .as(where)
        .isLessThanOrEqualTo(Math.max(table.tieredTo(), logStart));
    assertThat(table.tieredTo()).as(where).isLessThanOrEqualTo(state.stableEnd());
    Reached before = reached.getOrDefault(id, new Reached(0, 0));
    assertThat(logStart).as(where + ": log start").isGreaterThanOrEqualTo(before.logStart());
    assertThat(table.tieredTo())
        .as(where + ": tiered-to")
        .isGreaterThanOrEqualTo(before.tieredTo());
    reached.put(id, new Reached(logStart, table.tieredTo()));
    checkFiles(table, where);
    long seam = Math.max(logStart, table.tieredTo());
    List<StoredRecord> read = new ArrayList<>(cold(cold, id, new OffsetRange(logStart, seam)));
    read.addAll(hot(id, seam));
    assertThat(read)
        .as(where + ": each record once, as it was produced")
        .containsExactlyElementsOf(
            acknowledged.getOrDefault(id, new TreeMap<>()).tailMap(logStart).values());
  }

  private static void checkFiles(ColdPartition table, String where) {
    long reached = 0;
    for (ColdFile file : table.files()) {
      OffsetRange range = file.span().range();
      assertThat(range.from()).as(where + ": overlap at " + range).isGreaterThanOrEqualTo(reached);
      reached = range.to();
    }
    assertThat(reached).as(where).isLessThanOrEqualTo(table.tieredTo());
  }

  /** The records of a range out of the cold tier, read on end. */
  public static List<StoredRecord> cold(ColdTier cold, TopicPartition id, OffsetRange range) {
    List<StoredRecord> records = new ArrayList<>();
    long next = range.from();
    while (next < range.to()) {
      ReadResult answer = cold.read(id, next, 1 << 20);
      assertThat(answer).as(id + " at " + next).isInstanceOf(ReadResult.Progress.class);
      ReadResult.Progress progress = (ReadResult.Progress) answer;
      BatchRules.check(progress, next);
      records.addAll(TestBatches.decode(progress.batches()));
      next = progress.nextOffset();
    }
    return records;
  }

  private List<StoredRecord> hot(TopicPartition id, long from) {
    List<StoredRecord> records = new ArrayList<>();
    long next = from;
    while (true) {
      ReadResult answer = Await.result(hot.read(id, next, 1 << 20));
      if (answer instanceof ReadResult.AtEnd) {
        break;
      }
      assertThat(answer).as(id + " at " + next).isInstanceOf(ReadResult.Progress.class);
      ReadResult.Progress progress = (ReadResult.Progress) answer;
      records.addAll(TestBatches.decode(progress.batches()));
      next = progress.nextOffset();
    }
    return records.stream().filter(record -> record.offset() >= from).toList();
  }
}
