package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import io.thermocline.tiering.policy.PolicyStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Both tiers in memory with tiering before them, run by hand. Knows every record that was appended
 * and checks after each step what must always be true.
 */
final class TwoTiers {
  final ManualClock clock = ManualClock.start();
  final MemoryTopics topics = new MemoryTopics(clock);
  final MemoryHotTier hot = new MemoryHotTier(topics, clock);
  final MemoryColdTier cold = new MemoryColdTier();
  final Faults faults = new Faults();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final TieringMetrics metrics = new TieringMetrics(meters);
  final Topic topic;
  boolean diskFull;

  private final Path directory;
  private final String document;
  private final Map<TopicPartition, TreeMap<Long, StoredRecord>> appended = new HashMap<>();
  private final Map<TopicPartition, long[]> highest = new HashMap<>();
  private long nanos;
  private Passes passes;
  private TopicWorks works;

  TwoTiers(Path directory, int partitions, String... policy) {
    this.directory = directory;
    this.document = Policies.document(policy);
    this.topic = topics.create("orders", partitions);
    restart();
  }

  /** A new process: all that was in memory only is gone. */
  void restart() {
    works = new TopicWorks();
    passes = tierer(works);
  }

  /** A new process with other policies. */
  void restart(String... policy) {
    PolicyStore.open(directory, document).apply(PolicyStore.parse(Policies.document(policy)));
    restart();
  }

  /** One more process over the same tiers. */
  Passes tierer(TopicWorks itsWorks) {
    TieringSettings settings = TieringSettings.defaults(directory, document);
    PolicyStore policies = PolicyStore.open(directory, document);
    HotTier faultyHot = faults.before(HotTier.class, hot);
    new SegmentCutting(hot).tell(topics.list(), policies.inForce());
    return new Passes(
        settings,
        new Passes.Tiers(faultyHot, topics, faults.before(ColdTier.class, cold)),
        policies,
        new Passes.Clocks(
            clock,
            RetentionClock.open(directory, clock, () -> nanos, settings.maxClockStep()),
            () -> nanos),
        () -> diskFull,
        metrics,
        itsWorks,
        new Shutdown());
  }

  TopicDeletions deletions() {
    return new TopicDeletions(
        faults.before(TopicRegistry.class, topics),
        faults.before(ColdTier.class, cold),
        works,
        metrics);
  }

  Passes passes() {
    return passes;
  }

  TopicWork work() {
    return works.of(topic.id());
  }

  TopicPartition partition(int number) {
    return topic.id().partition(number);
  }

  /** Time goes by, for all clocks. */
  void pass(Duration time) {
    clock.advance(time);
    nanos += time.toNanos();
  }

  void append(int partition, int records) {
    TopicPartition id = partition(partition);
    TreeMap<Long, StoredRecord> all = appended.computeIfAbsent(id, key -> new TreeMap<>());
    long base = hot.state(id).end();
    List<StoredRecord> batch = Records.plain(base, records);
    Await.result(hot.append(id, TestBatches.content(batch.toArray(new StoredRecord[0]))));
    batch.forEach(record -> all.put(record.offset(), record));
  }

  void seal(int partition) {
    Await.result(hot.seal(partition(partition)));
  }

  /** A round of the runner, whenever the last one was. */
  void round() {
    pass(Duration.ofMinutes(1));
    passes.runWhenFree(topic);
  }

  ColdPartition table(int partition) {
    return cold.topic(topic.id())
        .map(table -> table.partition(partition))
        .orElseGet(() -> ColdPartition.empty(partition));
  }

  PartitionState state(int partition) {
    return hot.state(partition(partition));
  }

  double counter(String name) {
    return meters.counter("thermocline.tiering." + name).count();
  }

  /** The invariants of the design, section 2, over every partition. */
  void check() {
    topic.partitions().forEach(this::check);
  }

  private void check(TopicPartition id) {
    ColdPartition table = table(id.partition());
    PartitionState state = hot.state(id);
    long logStart = Math.max(state.logStart(), table.logStart());
    String where = id + " " + state + " tiered to " + table.tieredTo();
    assertThat(state.hotStart())
        .as(where)
        .isLessThanOrEqualTo(Math.max(table.tieredTo(), logStart));
    assertThat(table.tieredTo()).as(where).isLessThanOrEqualTo(state.stableEnd());
    long[] before = highest.computeIfAbsent(id, key -> new long[2]);
    assertThat(logStart).as(where + ": log start").isGreaterThanOrEqualTo(before[0]);
    assertThat(table.tieredTo()).as(where + ": tiered-to").isGreaterThanOrEqualTo(before[1]);
    highest.put(id, new long[] {logStart, table.tieredTo()});
    checkFiles(table, where);
    TreeMap<Long, StoredRecord> all = appended.getOrDefault(id, new TreeMap<>());
    List<StoredRecord> read = new ArrayList<>();
    read.addAll(cold(id, new OffsetRange(logStart, Math.max(logStart, table.tieredTo()))));
    read.addAll(hot(id, Math.max(logStart, table.tieredTo())));
    assertThat(read)
        .as(where + ": each record once, as it was produced")
        .containsExactlyElementsOf(all.tailMap(logStart).values());
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

  private List<StoredRecord> cold(TopicPartition id, OffsetRange range) {
    List<StoredRecord> records = new ArrayList<>();
    long next = range.from();
    while (next < range.to()) {
      ReadResult answer = cold.read(id, next, 1 << 20);
      assertThat(answer).isInstanceOf(ReadResult.Progress.class);
      ReadResult.Progress progress = (ReadResult.Progress) answer;
      records.addAll(TestBatches.decode(progress.batches()));
      next = progress.nextOffset();
    }
    return records.stream().filter(record -> record.offset() >= range.from()).toList();
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
