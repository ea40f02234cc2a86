package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.codec.BatchLimits;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ReadResult;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.SimulatedDisk;
import io.thermocline.testkit.schedule.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * One play of {@link HotScenario}: who takes part, and what they do, is drawn. A {@link HotJudge}
 * says whether what they see is right.
 */
final class HotPlay {
  private static final int SEGMENT_BYTES = 1_500;
  private static final int JOURNAL_BYTES = 64 << 10;
  private static final long TOKEN = 7;

  private final Schedule schedule;
  private final Random random;
  private final HotScenario.Stage stage;
  private final HotPlot plot;
  private final TopicPartition first;
  private final TopicPartition second;
  private final TopicPartition third;
  private final ScheduledThreads threads = new ScheduledThreads();
  private final List<CompletableFuture<?>> actors = new ArrayList<>();
  private Opened opened;
  private HotJudge judge;
  private int crowd;

  /** The tier of a play, and what is below it. */
  record Opened(
      SimulatedDisk disk,
      ManualClock clock,
      SimpleMeterRegistry meters,
      HotOpening opening,
      EmbeddedHotTier tier) {}

  HotPlay(Schedule schedule, Random random, HotScenario.Stage stage) {
    this.schedule = schedule;
    this.random = random;
    this.stage = stage;
    this.plot = HotPlot.drawn(random);
    this.first = stage.kept().partition(0);
    this.second = stage.kept().partition(1);
    this.third = stage.deleted().partition(0);
  }

  static HotSettings settings(SimulatedDisk disk, int journalFrom) {
    return new HotSettings(
        disk.getPath("/data/hot"),
        0,
        BatchLimits.defaults(),
        new SegmentLimits(SEGMENT_BYTES, Duration.ofMinutes(10)),
        2,
        2,
        2,
        64 << 20,
        100,
        JOURNAL_BYTES,
        journalFrom,
        ProducerLimits.defaults());
  }

  void play() {
    open();
    if (plot.cast() == HotPlot.Cast.WRITER_AND_CHECKPOINT || random.nextBoolean()) {
      // The journal is made when it is first missed.
      var unused = judge.append("w", 0, first, AppendConditions.NONE);
      var unusedToo = judge.append("w", 1, second, AppendConditions.NONE);
      judge.awaitAnswers();
    }
    if (plot.fails()) {
      DiskOp[] kinds = {DiskOp.FORCE, DiskOp.FORCE, DiskOp.WRITE, DiskOp.CREATE, DiskOp.RENAME};
      DiskOp kind = kinds[random.nextInt(kinds.length)];
      opened.disk().fault(DiskFault.failingOnce(kind, 1 + random.nextInt(14)));
    }
    schedule.interleave(true);
    switch (plot.cast()) {
      case CROWD -> crowd();
      case WRITER_AND_FOLLOWER -> {
        go("a", () -> appends("a", first));
        go("follower", this::followsClosely);
      }
      case WRITER_AND_CHECKPOINT -> {
        go("a", this::appendsOneByOne);
        go("clock", this::changesJournalFiles);
      }
    }
    actors.forEach(CompletableFuture::join);
    schedule.interleave(random.nextBoolean());
    if (!plot.closes()) {
      judge.settled();
    }
    opened.tier().close();
    schedule.interleave(false);
    opened.disk().fault(DiskFault.NONE);
    judge.stopped();
  }

  private void open() {
    SimulatedDisk disk = stage.disk().afterKill();
    ManualClock clock = ManualClock.start();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    HotOpening opening =
        HotOpening.open(
            settings(disk, plot.journalFrom()),
            clock,
            System::nanoTime,
            meters,
            new LocalDisk(),
            settings -> new HotThreads(settings, threads));
    opened = new Opened(disk, clock, meters, opening, new EmbeddedHotTier(opening));
    judge = new HotJudge(opened, plot, stage, random);
  }

  private void crowd() {
    // A small cast meets more often.
    crowd = 1 + random.nextInt(3);
    go("a", () -> appends("a", first));
    maybe(1, "b", () -> appends("b", first));
    maybe(1, "c", () -> appends("c", second));
    maybe(2, "reader", this::reads);
    maybe(2, "follower", this::follows);
    maybe(2, "sealer", this::seals);
    maybe(2, "trimmer", this::trims);
    maybe(3, "starter", this::advancesLogStart);
    maybe(2, "clock", this::ticks);
    if (random.nextInt(2) == 0) {
      go("p", this::appendsInSequence);
      go("q", this::appendsInSequence);
    }
    maybe(3, "fencer", this::raisesFence);
    if (random.nextInt(2 * crowd) == 0) {
      go("e", () -> appendsExpecting("e"));
      go("x", () -> appendsExpecting("x"));
    }
    if (plot.deletes()) {
      go("d", () -> appends("d", third));
      go("deleter", this::deletes);
    }
    if (plot.closes()) {
      go("closer", this::closes);
    }
  }

  private void maybe(int oneIn, String name, Runnable task) {
    if (random.nextInt(oneIn * crowd) == 0) {
      go(name, task);
    }
  }

  private void go(String name, Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    actors.add(done);
    schedule.go(
        name,
        () -> {
          try {
            task.run();
          } catch (ThermoclineException e) {
            judge.expect(e);
          }
          done.complete(null);
        });
  }

  private void appends(String writer, TopicPartition id) {
    for (int number = 0; number < 4; number++) {
      CompletableFuture<?> answered = judge.append(writer, number, id, AppendConditions.NONE);
      if (random.nextInt(3) == 0) {
        answered.join();
      }
    }
  }

  /** So that each is written while what was before it may just be forced. */
  private void appendsOneByOne() {
    for (int number = 0; number < 12; number++) {
      var unused = judge.append("a", number, first, AppendConditions.NONE).join();
    }
  }

  private void reads() {
    for (int i = 0; i < 4; i++) {
      TopicPartition id = random.nextBoolean() ? first : second;
      long end = judge.endOf(id);
      long from = end == 0 ? 0 : random.nextInt((int) end);
      if (Waiting.on(opened.tier().read(id, from, 1 << 16))
          instanceof ReadResult.Progress progress) {
        judge.reads(id, progress);
      }
    }
  }

  /** Some from wherever the log stands, and some that go on from where they were woken. */
  private void follows() {
    judge.follow(first, 5);
    for (int i = 0; i < 6; i++) {
      judge.follow(random.nextBoolean() ? first : second, 1);
    }
  }

  /** Goes to sleep again and again, while somebody writes. */
  private void followsClosely() {
    for (int i = 0; i < 25; i++) {
      judge.follow(first, 1);
    }
  }

  private void seals() {
    Waiting.on(opened.tier().seal(first));
    Waiting.on(opened.tier().seal(second));
    Waiting.on(opened.tier().seal(first));
  }

  private void trims() {
    for (int i = 0; i < 6; i++) {
      long end = judge.endOf(first);
      judge.letGo(first, end);
      long reached = Waiting.on(opened.tier().trim(first, end));
      assertThat(reached).as("reached by a trim").isLessThanOrEqualTo(end);
    }
  }

  private void advancesLogStart() {
    for (int i = 0; i < 2; i++) {
      long end = judge.endOf(second);
      judge.letGo(second, end);
      judge.logStart(second, Waiting.on(opened.tier().advanceLogStart(second, end)));
    }
  }

  private void ticks() {
    for (int i = 0; i < 5; i++) {
      opened.clock().advance(Duration.ofMinutes(random.nextInt(8)));
      threads.tick(opened.opening().upkeep()::tick);
    }
  }

  private void changesJournalFiles() {
    for (int i = 0; i < 100; i++) {
      opened.opening().env().journal().rotate();
    }
  }

  /** Each wants the offset that it saw to be next; one of two gets it. */
  private void appendsExpecting(String writer) {
    for (int number = 0; number < 3; number++) {
      AppendConditions conditions = AppendConditions.NONE.expecting(judge.endOf(second));
      if (judge.fence() > 0) {
        conditions = conditions.holding(judge.fence());
      }
      var unused = judge.append(writer, number, second, conditions).join();
    }
  }

  /** Two threads send the same, as a producer does that was not answered in time. */
  private void appendsInSequence() {
    for (int number = 0; number < 3; number++) {
      int sequence = number;
      AppendConditions conditions =
          AppendConditions.of(new ProducerSequence(42, (short) 0, sequence));
      Appended place = judge.append("s", sequence, first, conditions).join();
      if (place == null) {
        return;
      }
      judge.stored(sequence, place.baseOffset());
    }
  }

  /** Twice: whoever held the token before is shut out, too. */
  private void raisesFence() {
    judge.fenceIsAsked();
    int number = 0;
    for (long token = TOKEN; token < TOKEN + 2; token++) {
      CompletableFuture<Long> raised = opened.tier().raiseFence(second, judge.fence(), token);
      var unused = judge.append("f", number++, second, AppendConditions.NONE.holding(token));
      judge.fenceIsRaised(Waiting.on(raised));
      var unusedToo = judge.append("f", number++, second, AppendConditions.NONE.holding(token));
      var unusedLate =
          judge.append("f", number++, second, AppendConditions.NONE.holding(token - 1));
    }
  }

  private void deletes() {
    var unused = opened.tier().topics().beginDelete(stage.deleted().id(), true);
    opened.tier().topics().finishDelete(stage.deleted().id());
  }

  private void closes() {
    opened.tier().close();
  }
}
