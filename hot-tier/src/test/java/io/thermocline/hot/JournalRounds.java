package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.codec.BatchLimits;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lives of a tier whose journal holds few frames, so that its files take turns again and again.
 * Each is crashed in all steps of the journal, and what the process or the power may have left is
 * opened, with the checkpoint and without it: then every frame counts, however old it is.
 */
final class JournalRounds {
  private static final int PARTITIONS = 3;
  private static final int JOURNAL_BYTES = 64 * 1024;
  private static final SegmentLimits LIMITS = new SegmentLimits(96 * 1024, Duration.ofDays(1));
  private static final int GROUPS = 60;
  private static final int CRASHES_OF_A_STEP = 5;
  private static final int IMAGES_A_CRASH = 4;
  private static final int FILLING_GROUPS = 300;

  /** What the next life finds when it starts, if the threads' turns let this one come there. */
  private static final JournalWatch.Step LEAVES_OLDER_FRAMES =
      JournalWatch.Step.FRAME_BEFORE_OLDER_ONES_IS_FORCED;

  /** Each life comes there. */
  private static final JournalWatch.Step LEAVES_A_JOURNAL = JournalWatch.Step.FRAME_IS_FORCED;

  private final Random random;
  private final ManualClock clock = ManualClock.start();
  private final AtomicLong values = new AtomicLong();
  private final Map<JournalWatch.Step, List<Crash>> crashes =
      new EnumMap<>(JournalWatch.Step.class);

  private final Set<JournalWatch.Step> met = EnumSet.noneOf(JournalWatch.Step.class);

  private SimulatedDisk disk;
  private Promises promises = new Promises();
  private SimpleMeterRegistry meters;
  private HotOpening opening;
  private EmbeddedHotTier tier;
  private Topic topic;
  private int images;

  /** The disk at one moment, and what had been promised by then. */
  private record Crash(PowerCut disk, Promises promises) {}

  JournalRounds(long seed) {
    this.random = new Random(seed);
    this.disk = new SimulatedDisk(clock);
  }

  /** Lives so often, each time on what a crash of the life before left. */
  void run(int lives) {
    for (int life = 0; life < lives; life++) {
      live();
      crashes.forEach((step, all) -> all.forEach(crash -> check(step, crash)));
      List<Crash> last = crashes.getOrDefault(LEAVES_OLDER_FRAMES, crashes.get(LEAVES_A_JOURNAL));
      Crash crash = last.get(random.nextInt(last.size()));
      disk = random.nextBoolean() ? crash.disk().afterKill() : crash.disk().forcedOnly();
      promises = crash.promises().copy();
    }
  }

  /** In which steps a life was crashed. */
  Set<JournalWatch.Step> met() {
    return met;
  }

  int images() {
    return images;
  }

  private void live() {
    crashes.clear();
    Random moments = new Random(random.nextLong());
    JournalWatch watch = new JournalWatch(step -> crash(step, moments));
    disk.fault(watch);
    watch.starts();
    open();
    watch.started();
    try {
      for (int group = 0; group < GROUPS; group++) {
        appendAndWait(random.nextInt(PARTITIONS));
        if (random.nextInt(6) == 0) {
          opening.upkeep().tick();
        }
      }
      fill(watch);
    } finally {
      watch.release();
      tier.close();
      tier = null;
    }
  }

  private void open() {
    HotSettings settings =
        new HotSettings(
            disk.getPath("/data/hot"),
            0,
            BatchLimits.defaults(),
            LIMITS,
            2,
            2,
            4,
            64 << 20,
            100,
            JOURNAL_BYTES,
            1,
            ProducerLimits.defaults());
    meters = new SimpleMeterRegistry();
    opening = HotOpening.open(settings, clock, meters, new LocalDisk());
    tier = new EmbeddedHotTier(opening);
    promises = promises.check(tier);
    topic =
        tier.topics().find("rounds").orElseGet(() -> tier.topics().create("rounds", PARTITIONS));
    promises.acknowledge(topic);
  }

  /** Until the journal has no room and groups force their files. */
  private void fill(JournalWatch watch) {
    watch.hold();
    List<CompletableFuture<?>> held = new ArrayList<>();
    Await.until(
        "a checkpoint that waits",
        () -> {
          held.add(append(topic.partition(0)));
          opening.upkeep().tick();
          return watch.isHeld();
        });
    double before = full();
    for (int group = 0; group < FILLING_GROUPS && full() < before + 3; group++) {
      appendAndWait(1 + random.nextInt(PARTITIONS - 1));
    }
    assertThat(full()).as("groups that found the journal full").isGreaterThan(before);
    watch.release();
    held.forEach(Await::result);
  }

  private double full() {
    return meters.get("thermocline.hot.journal.full").counter().count();
  }

  /** A batch for a partition and, at the same time, for each after it. */
  private void appendAndWait(int first) {
    List<CompletableFuture<?>> waiting = new ArrayList<>();
    for (int partition = first; partition < PARTITIONS; partition++) {
      waiting.add(append(topic.partition(partition)));
    }
    waiting.forEach(Await::result);
  }

  private CompletableFuture<Void> append(TopicPartition id) {
    List<Long> numbers = new ArrayList<>();
    for (int count = 1 + random.nextInt(4); count > 0; count--) {
      numbers.add(values.incrementAndGet());
    }
    promises.note(id, log -> log.ask(numbers));
    return tier.append(id, Values.batch(numbers))
        .thenAccept(
            appended -> promises.note(id, log -> log.acknowledge(numbers, appended.baseOffset())));
  }

  /** While the promises are held nobody can be promised anything the disk does not have yet. */
  private void crash(JournalWatch.Step step, Random moments) {
    met.add(step);
    List<Crash> taken = crashes.computeIfAbsent(step, none -> new ArrayList<>());
    boolean wanted = taken.isEmpty() || moments.nextInt(4) == 0;
    if (wanted && taken.size() < CRASHES_OF_A_STEP) {
      Promises now = promises;
      synchronized (now) {
        if (tier != null) {
          now.see(tier);
        }
        taken.add(new Crash(disk.cut(), now.copy()));
      }
    }
  }

  private void check(JournalWatch.Step step, Crash crash) {
    for (int i = 0; i < IMAGES_A_CRASH; i++) {
      int image = images++;
      SimulatedDisk left =
          switch (i) {
            case 0 -> crash.disk().afterKill();
            case 1 -> crash.disk().forcedOnly();
            default -> crash.disk().image(random.nextLong());
          };
      boolean forgets = random.nextInt(3) == 0;
      if (forgets) {
        loseCheckpoint(left);
      }
      try {
        Promises unused = look(left, crash.promises());
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "Image %d, crashed when %s, way %d, checkpoint lost: %s: %s"
                .formatted(image, step, i, forgets, e.getMessage()),
            e);
      }
    }
  }

  /** It only spares a start some reading. */
  private static void loseCheckpoint(SimulatedDisk left) {
    try {
      boolean unused = Files.deleteIfExists(left.getPath("/data/hot/checkpoint"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Opens what was left and uses it; then it is killed, and opened once more.
   *
   * @return what is promised from then on
   */
  private Promises look(SimulatedDisk left, Promises promised) {
    Promises found;
    PowerCut killed;
    try (HotLife life = life(left, promised)) {
      life.open();
      found = promised.check(life.tier());
      life.appendEverywhere(found);
      killed = left.cut();
    }
    SimulatedDisk again = random.nextBoolean() ? killed.afterKill() : killed.forcedOnly();
    try (HotLife life = life(again, found)) {
      life.open();
      Promises unused = found.check(life.tier());
    }
    return found;
  }

  private HotLife life(SimulatedDisk on, Promises promised) {
    return new HotLife(on, clock, random, values, promised, unexpected -> false);
  }
}
