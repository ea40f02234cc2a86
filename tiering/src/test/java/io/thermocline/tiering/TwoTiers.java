package io.thermocline.tiering;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.HotTier;
import io.thermocline.model.PartitionState;
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
import io.thermocline.testkit.TierHistory;
import io.thermocline.tiering.policy.PolicyStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Both tiers with tiering before them, run by hand. The hot one is in memory, and so is the cold
 * one unless another is given. Knows every record that was appended and checks after each step what
 * must always be true.
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
  private final TierHistory history = new TierHistory(hot);
  private final UnaryOperator<ColdTier> opener;
  private ColdTier lake = cold;
  private long nanos;
  private long maxBytesPerCommit = 8L << 30;
  private PolicyStore policies;
  private Passes passes;
  private TopicWorks works;

  TwoTiers(Path directory, int partitions, String... policy) {
    this(directory, before -> before, partitions, policy);
  }

  /**
   * Over another cold tier than one in memory.
   *
   * @param opener gives the cold tier of a new process, and closes that of the one before
   */
  TwoTiers(Path directory, UnaryOperator<ColdTier> opener, int partitions, String... policy) {
    this.directory = directory;
    this.opener = opener;
    this.document = Policies.document(policy);
    this.topic = topics.create("orders", partitions);
    restart();
  }

  /** A new process: all that was in memory only is gone. */
  void restart() {
    lake = opener.apply(lake);
    works = new TopicWorks();
    passes = tierer(works);
  }

  /** The cold tier of the process that runs. */
  ColdTier lake() {
    return lake;
  }

  /** A new process that tiers less at a time. */
  void restart(long bytesPerCommit) {
    maxBytesPerCommit = bytesPerCommit;
    restart();
  }

  /** Other policies, in the process that runs. */
  void apply(String... policy) {
    policies.apply(PolicyStore.parse(Policies.document(policy)));
  }

  /** A new process with other policies. */
  void restart(String... policy) {
    PolicyStore.open(directory, document).apply(PolicyStore.parse(Policies.document(policy)));
    restart();
  }

  /** One more process over the same tiers. */
  Passes tierer(TopicWorks itsWorks) {
    return tierer(itsWorks, lake);
  }

  /** The same over the tables as another process has them. */
  Passes tierer(TopicWorks itsWorks, ColdTier itsLake) {
    TieringSettings settings = settings();
    policies = PolicyStore.open(directory, document);
    HotTier faultyHot = faults.before(HotTier.class, hot);
    new SegmentCutting(hot).tell(topics.list(), policies.inForce());
    return new Passes(
        settings,
        new Passes.Tiers(faultyHot, topics, faults.before(ColdTier.class, itsLake)),
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

  private TieringSettings settings() {
    TieringSettings usual = TieringSettings.defaults(directory, document);
    return new TieringSettings(
        directory,
        document,
        usual.checkInterval(),
        usual.commitInterval(),
        usual.maintainInterval(),
        usual.maxBytesPerSecond(),
        usual.concurrentTopics(),
        maxBytesPerCommit,
        usual.maxClockStep(),
        usual.hotDeadline());
  }

  TopicDeletions deletions() {
    return new TopicDeletions(
        faults.before(TopicRegistry.class, topics),
        faults.before(ColdTier.class, lake),
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
    long base = hot.state(id).end();
    List<StoredRecord> batch = Records.plain(base, records);
    Await.result(hot.append(id, TestBatches.content(batch.toArray(new StoredRecord[0]))));
    history.acknowledged(id, batch);
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
    return TierHistory.table(lake, partition(partition));
  }

  PartitionState state(int partition) {
    return hot.state(partition(partition));
  }

  double counter(String name) {
    return meters.counter("thermocline.tiering." + name).count();
  }

  /** What must always be true, over every partition. */
  void check() {
    topic.partitions().forEach(id -> history.check(lake, id));
  }
}
