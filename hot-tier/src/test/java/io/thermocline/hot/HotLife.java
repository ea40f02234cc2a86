package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.codec.BatchLimits;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * A tier on a simulated disk that is used as its random numbers say: appends in groups, segments
 * that end, trims, log starts, topics that come, grow and go, groups' offsets, checkpoints, reads.
 * What it is asked and what it promises is noted.
 */
final class HotLife implements AutoCloseable {
  private static final SegmentLimits LIMITS = new SegmentLimits(24 * 1024, Duration.ofMinutes(10));
  private static final int THREADS = 2;
  private static final int OPEN_FILES = 4;

  /** Small, so that its files take turns often. */
  private static final int JOURNAL_BYTES = 256 * 1024;

  final Promises promises;
  private final SimulatedDisk disk;
  private final ManualClock clock;
  private final Random random;
  private final AtomicLong values;

  /** Which failures are no surprise. */
  private final Predicate<ThermoclineException> expected;

  private EmbeddedHotTier tier;
  private Upkeep upkeep;

  /**
   * @param values numbers of values given so far
   */
  HotLife(
      SimulatedDisk disk,
      ManualClock clock,
      Random random,
      AtomicLong values,
      Promises promises,
      Predicate<ThermoclineException> expected) {
    this.disk = disk;
    this.clock = clock;
    this.random = random;
    this.values = values;
    this.promises = promises;
    this.expected = expected;
  }

  static HotSettings settings(SimulatedDisk disk) {
    return new HotSettings(
        disk.getPath("/data/hot"),
        0,
        BatchLimits.defaults(),
        LIMITS,
        THREADS,
        THREADS,
        OPEN_FILES,
        64 << 20,
        100,
        JOURNAL_BYTES,
        2,
        ProducerLimits.defaults());
  }

  void open() {
    HotOpening opening =
        HotOpening.open(settings(disk), clock, new SimpleMeterRegistry(), new LocalDisk());
    upkeep = opening.upkeep();
    tier = new EmbeddedHotTier(opening);
  }

  /** Opens it, once more if need be: as a supervisor does. */
  void openWhateverFails() {
    if (!attempt(this::open)) {
      open();
    }
  }

  EmbeddedHotTier tier() {
    return tier;
  }

  /** What can be seen now is promised, also in the middle of a step. */
  void see() {
    if (tier != null) {
      promises.see(tier);
    }
  }

  void step() {
    List<Topic> live = promises.live();
    if (live.isEmpty()) {
      create();
      return;
    }
    Topic topic = live.get(random.nextInt(live.size()));
    TopicPartition id = topic.partition(random.nextInt(topic.partitionCount()));
    switch (random.nextInt(24)) {
      case 0 -> attempt(() -> Await.result(tier.seal(id)));
      case 1 -> trim(id);
      case 2 -> advanceLogStart(id);
      case 3 -> create();
      case 4 -> grow(topic);
      case 5 -> delete(topic.id());
      case 6, 7 -> commitGroup(id);
      case 8 -> upkeep.tick();
      case 9 -> clock.advance(Duration.ofMinutes(random.nextInt(9)));
      case 10 -> read(id);
      case 11 -> restart();
      default -> append(live);
    }
  }

  private interface Attempt {
    void make();
  }

  /** Whether it went well; an unexpected failure is thrown on. */
  private boolean attempt(Attempt attempt) {
    return attempt(attempt, () -> {});
  }

  /**
   * As above.
   *
   * @param refused takes back what was asked for, when the failure says that nothing happened
   */
  private boolean attempt(Attempt attempt, Attempt refused) {
    try {
      attempt.make();
      return true;
    } catch (ThermoclineException e) {
      if (!expected.test(e)) {
        throw e;
      }
      if (e.kind() != ErrorKind.OUTCOME_UNKNOWN) {
        refused.make();
      }
      return false;
    }
  }

  private void append(List<Topic> live) {
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    for (int left = 1 + random.nextInt(6); left > 0; left--) {
      Topic topic = live.get(random.nextInt(live.size()));
      TopicPartition id = topic.partition(random.nextInt(topic.partitionCount()));
      List<Long> numbers = new ArrayList<>();
      for (int count = 1 + random.nextInt(4); count > 0; count--) {
        numbers.add(values.incrementAndGet());
      }
      promises.note(id, log -> log.ask(numbers));
      waiting.add(
          tier.append(id, Values.batch(numbers))
              .handle((appended, failure) -> noteAppend(id, numbers, appended, failure)));
    }
    waiting.forEach(one -> attempt(() -> Await.result(one)));
  }

  private Void noteAppend(
      TopicPartition id, List<Long> numbers, Appended appended, Throwable failure) {
    if (failure == null) {
      promises.note(id, log -> log.acknowledge(numbers, appended.baseOffset()));
      return null;
    }
    if (failure instanceof ThermoclineException refused) {
      if (refused.kind() != ErrorKind.OUTCOME_UNKNOWN) {
        promises.note(id, log -> log.refuse(numbers));
      }
      throw refused;
    }
    throw new AssertionError("An append of " + id + " failed with something else", failure);
  }

  private void trim(TopicPartition id) {
    long upTo = someOffset(id);
    promises.note(id, log -> log.askTrim(upTo));
    boolean unused = attempt(() -> Await.result(tier.trim(id, upTo)));
  }

  private void advanceLogStart(TopicPartition id) {
    long start = someOffset(id);
    promises.note(id, log -> log.askLogStart(start));
    boolean unused =
        attempt(
            () -> {
              long now = Await.result(tier.advanceLogStart(id, start));
              promises.note(id, log -> log.acknowledgeLogStart(now));
            });
  }

  private long someOffset(TopicPartition id) {
    return random.nextInt((int) promises.end(id) + 1);
  }

  private void create() {
    String name = "topic" + random.nextInt(5);
    boolean taken =
        tier.topics().find(name).isPresent()
            || tier.topics().deletions().stream()
                .anyMatch(deletion -> deletion.topic().id().name().equals(name));
    if (!taken) {
      boolean first = promises.askTopic(name);
      boolean unused =
          attempt(
              () -> promises.acknowledge(tier.topics().create(name, 1 + random.nextInt(3))),
              () -> promises.refuseTopic(name, first));
    }
  }

  private void grow(Topic topic) {
    int count = topic.partitionCount() + 1;
    if (count <= 4) {
      int asked = promises.askPartitions(topic.id(), count);
      boolean unused =
          attempt(
              () -> promises.acknowledge(tier.topics().growPartitions(topic.id(), count)),
              () -> promises.refusePartitions(topic.id(), asked));
    }
  }

  private void delete(TopicId id) {
    if (random.nextInt(3) == 0) {
      promises.askDeletion(id);
      boolean unused =
          attempt(
              () -> {
                var unusedDeletion = tier.topics().beginDelete(id, random.nextBoolean());
                promises.acknowledgeDeletion(id);
              });
    }
    for (TopicId deleting : promises.deleting()) {
      if (random.nextBoolean()) {
        promises.askFinish(deleting);
        boolean unused =
            attempt(
                () -> {
                  tier.topics().finishDelete(deleting);
                  promises.acknowledgeFinish(deleting);
                });
      }
    }
  }

  private void commitGroup(TopicPartition id) {
    String group = "group" + random.nextInt(3);
    long offset = someOffset(id);
    promises.askPlace(group, id, offset);
    boolean unused =
        attempt(
            () -> {
              Await.result(tier.groupOffsets().commit(group, Map.of(id, offset)));
              promises.acknowledgePlace(group, id, offset);
            },
            () -> promises.refusePlace(group, id));
  }

  private void read(TopicPartition id) {
    boolean unused =
        attempt(
            () -> {
              var unusedResult = Await.result(tier.read(id, someOffset(id), 1 << 16));
              var unusedOffset = Await.result(tier.offsetForTimestamp(id, 0, values.get()));
            });
  }

  /** Appends to each log: what comes must come right behind what is there. */
  void appendEverywhere(Promises to) {
    for (Topic topic : to.live()) {
      for (TopicPartition id : topic.partitions().toList()) {
        long end = tier.state(id).end();
        List<Long> number = List.of(values.incrementAndGet());
        to.note(id, log -> log.ask(number));
        long offset = Await.result(tier.append(id, Values.batch(number))).baseOffset();
        assertThat(offset).as("offset of the next record of %s", id).isEqualTo(end);
        to.note(id, log -> log.acknowledge(number, offset));
      }
    }
  }

  private void restart() {
    stop();
    openWhateverFails();
  }

  @Override
  public void close() {
    stop();
  }

  /** Stops the tier in good order; harmless when it is stopped. */
  void stop() {
    if (tier != null) {
      tier.close();
      tier = null;
    }
  }
}
