package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.codec.BatchLimits;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ReadResult;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import io.thermocline.testkit.schedule.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * One play of {@link HotScenario}: who takes part is drawn. What each of them sees is checked at
 * once; at the end all was answered, followers were woken, and the disk as it is, as it was after
 * the stop, and as a power cut in the middle left it, holds what was promised.
 */
final class HotPlay {
  private static final int SEGMENT_BYTES = 1_500;
  private static final int JOURNAL_BYTES = 64 << 10;
  private static final long TOKEN = 7;

  private final Schedule schedule;
  private final Random random;
  private final HotScenario.Stage stage;
  private final SimulatedDisk disk;
  private final ManualClock clock = ManualClock.start();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ScheduledThreads threads = new ScheduledThreads();
  private final TopicPartition first;
  private final TopicPartition second;
  private final TopicPartition third;
  private final Map<TopicPartition, ScheduledLedger> ledgers = new LinkedHashMap<>();
  private final List<CompletableFuture<?>> actors = new ArrayList<>();
  private final List<CompletableFuture<?>> answers = new ArrayList<>();
  private final List<CompletableFuture<?>> checks = new ArrayList<>();
  private final ScheduledFollows follows = new ScheduledFollows(ledgers);

  /** Where the batches of the sequenced producer lie. */
  private final Map<Integer, Long> sequenced = new HashMap<>();

  private final Cast cast;
  private final boolean fails;
  private final boolean closes;
  private final boolean deletes;
  private final int journalFrom;
  private HotOpening opening;
  private EmbeddedHotTier tier;
  private int crowd;
  private boolean fenceAsked;

  /** The highest token that was answered, and those that the second log's records came with. */
  private long fence;

  private final TreeMap<Long, Long> tokens = new TreeMap<>();
  private PowerCut cut;
  private Map<TopicPartition, ScheduledLedger> promisedAtCut = Map.of();

  /** Who is on the stage. Two that do one thing each meet where a crowd hardly ever does. */
  private enum Cast {
    CROWD,
    WRITER_AND_FOLLOWER,
    WRITER_AND_CHECKPOINT
  }

  HotPlay(Schedule schedule, Random random, HotScenario.Stage stage) {
    this.schedule = schedule;
    this.random = random;
    this.stage = stage;
    this.disk = stage.disk().afterKill();
    this.first = stage.kept().partition(0);
    this.second = stage.kept().partition(1);
    this.third = stage.deleted().partition(0);
    Cast[] casts = Cast.values();
    this.cast = casts[Math.max(0, random.nextInt(2 * casts.length) - casts.length)];
    boolean crowded = cast == Cast.CROWD;
    this.fails = crowded && random.nextInt(3) == 0;
    this.closes = crowded && random.nextInt(3) == 0;
    this.deletes = crowded && random.nextInt(4) == 0;
    boolean journals = cast == Cast.WRITER_AND_CHECKPOINT || random.nextInt(3) > 0;
    this.journalFrom = journals ? 1 + random.nextInt(crowded ? 2 : 1) : 100;
    for (TopicPartition id : List.of(first, second, third)) {
      ledgers.put(id, new ScheduledLedger());
    }
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
    if (cast == Cast.WRITER_AND_CHECKPOINT || random.nextBoolean()) {
      // The journal is made when it is first missed.
      var unused = append("w", 0, first, AppendConditions.NONE);
      var unusedToo = append("w", 1, second, AppendConditions.NONE);
      answers.forEach(CompletableFuture::join);
    }
    if (fails) {
      DiskOp[] kinds = {DiskOp.FORCE, DiskOp.FORCE, DiskOp.WRITE, DiskOp.CREATE, DiskOp.RENAME};
      DiskOp kind = kinds[random.nextInt(kinds.length)];
      disk.fault(DiskFault.failingOnce(kind, 1 + random.nextInt(14)));
    }
    schedule.interleave(true);
    switch (cast) {
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
    if (!closes) {
      settled();
    }
    tier.close();
    schedule.interleave(false);
    disk.fault(DiskFault.NONE);
    stopped();
  }

  private void open() {
    opening =
        HotOpening.open(
            settings(disk, journalFrom),
            clock,
            System::nanoTime,
            meters,
            new LocalDisk(),
            settings -> new HotThreads(settings, threads));
    tier = new EmbeddedHotTier(opening);
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
    if (deletes) {
      go("d", () -> appends("d", third));
      go("deleter", this::deletes);
    }
    if (closes) {
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
            expect(e);
          }
          done.complete(null);
        });
  }

  /** Fails at what nobody in this play can be to blame for. */
  private void expect(ThermoclineException e) {
    boolean expected =
        switch (e.kind()) {
          case OUTCOME_UNKNOWN, LOG_FAILED, EXHAUSTED -> fails;
          case TRANSIENT -> fails || closes;
          case NOT_FOUND -> deletes;
          case FENCED -> fenceAsked;
          default -> false;
        };
    if (!expected) {
      throw e;
    }
  }

  private void appends(String writer, TopicPartition id) {
    for (int number = 0; number < 4; number++) {
      CompletableFuture<?> answered = append(writer, number, id, AppendConditions.NONE);
      if (random.nextInt(3) == 0) {
        answered.join();
      }
    }
  }

  /** So that each is written while what was before it may just be forced. */
  private void appendsOneByOne() {
    for (int number = 0; number < 12; number++) {
      var unused = append("a", number, first, AppendConditions.NONE).join();
    }
  }

  private static String value(String writer, int number) {
    String name = "<" + writer + "." + number + ">";
    return name + "-".repeat(Math.floorMod(name.hashCode() * 31, 700));
  }

  /** Completes, never with a failure, when the append was answered. */
  private CompletableFuture<Appended> append(
      String writer, int number, TopicPartition id, AppendConditions conditions) {
    String value = value(writer, number);
    String name = ScheduledLedger.name(value);
    boolean late = id.equals(second) && conditions.fenceToken().orElse(0) < fence;
    ScheduledLedger ledger = ledgers.get(id);
    ledger.ask(name);
    CompletableFuture<Appended> answer = tier.append(id, Batches.of(value), conditions);
    answers.add(answer.handle((appended, failure) -> null));
    CompletableFuture<Appended> checked =
        answer.handle(
            (appended, failure) -> {
              if (failure == null) {
                assertThat(late).as("%s was appended behind a fence", name).isFalse();
                acknowledged(id, name, appended.baseOffset(), conditions);
                return appended;
              }
              refused(ledger, name, failure, conditions);
              return null;
            });
    checks.add(checked);
    return checked;
  }

  private void acknowledged(
      TopicPartition id, String name, long offset, AppendConditions conditions) {
    ledgers.get(id).acknowledge(name, offset);
    if (id.equals(second)) {
      Long unused = tokens.put(offset, conditions.fenceToken().orElse(0));
    }
    conditions
        .expectedOffset()
        .ifPresent(expected -> assertThat(offset).as("offset of %s", name).isEqualTo(expected));
    if (!closes) {
      // A stop lets go of all who wait, and tells them one by one.
      follows.checkWoken(id, offset + 1);
    }
    if (cast == Cast.WRITER_AND_CHECKPOINT || random.nextInt(3) == 0) {
      checkForced(id, offset, name);
    }
    try {
      assertThat(endOf(id)).as("end when %s is acknowledged", name).isGreaterThan(offset);
    } catch (ThermoclineException e) {
      expect(e);
    }
    if (cut == null && random.nextInt(8) == 0) {
      takeCut();
    }
  }

  /** Looks at the log, at one moment. */
  private long endOf(TopicPartition id) {
    Schedule.quiet(1);
    try {
      PartitionState state = tier.state(id);
      ledgers.get(id).look(state);
      return state.end();
    } finally {
      Schedule.quiet(-1);
    }
  }

  private void takeCut() {
    Schedule.quiet(1);
    Map<TopicPartition, ScheduledLedger> copies = new LinkedHashMap<>();
    ledgers.forEach((log, ledger) -> copies.put(log, ledger.copy()));
    promisedAtCut = copies;
    cut = disk.cut();
    Schedule.quiet(-1);
  }

  private void refused(
      ScheduledLedger ledger, String name, Throwable failure, AppendConditions conditions) {
    if (!(failure instanceof ThermoclineException e)) {
      throw new AssertionError("Append of " + name + " failed with something else", failure);
    }
    if (e.kind() == ErrorKind.CONFLICT && conditions.expectedOffset().isPresent()) {
      assertThat(Long.parseLong(e.details().get("next_offset")))
          .as("offset that %s could have had, not the expected one", name)
          .isGreaterThan(conditions.expectedOffset().getAsLong());
    } else {
      expect(e);
    }
    if (e.kind() != ErrorKind.OUTCOME_UNKNOWN && conditions.sequence().isEmpty()) {
      ledger.refuse(name);
    }
  }

  /** The value is on the disk for good, in its segment or in the journal, unless it was let go. */
  private void checkForced(TopicPartition id, long offset, String name) {
    Schedule.quiet(1);
    try {
      ForcedBytes forced = ForcedBytes.of(disk);
      assertThat(forced.hold(name) || offset < tier.state(id).hotStart())
          .as("%s is forced", name)
          .isTrue();
      forced.reachTheMarksOf(opening);
    } catch (ThermoclineException e) {
      expect(e);
    } finally {
      Schedule.quiet(-1);
    }
  }

  private void reads() {
    for (int i = 0; i < 4; i++) {
      TopicPartition id = random.nextBoolean() ? first : second;
      long end = endOf(id);
      long from = end == 0 ? 0 : random.nextInt((int) end);
      ReadResult answer = Waiting.on(tier.read(id, from, 1 << 16));
      if (answer instanceof ReadResult.Progress progress) {
        assertThat(progress.lost()).as("lost of %s", id).isEmpty();
        for (String record : Batches.records(progress)) {
          int colon = record.indexOf(':');
          long offset = Long.parseLong(record.substring(0, colon));
          ledgers.get(id).see(offset + 1);
          if (random.nextInt(4) == 0) {
            checkForced(id, offset, ScheduledLedger.name(record.substring(colon + 1)));
          }
        }
      }
    }
  }

  /** Some from wherever the log stands, and some that go on from where they were woken. */
  private void follows() {
    follows.follow(tier, first, endOf(first), 5);
    for (int i = 0; i < 6; i++) {
      TopicPartition id = random.nextBoolean() ? first : second;
      follows.follow(tier, id, endOf(id), 1);
    }
  }

  /** Goes to sleep again and again, while somebody writes. */
  private void followsClosely() {
    for (int i = 0; i < 25; i++) {
      follows.follow(tier, first, endOf(first), 1);
    }
  }

  private void seals() {
    Waiting.on(tier.seal(first));
    Waiting.on(tier.seal(second));
    Waiting.on(tier.seal(first));
  }

  private void trims() {
    for (int i = 0; i < 6; i++) {
      long end = endOf(first);
      ledgers.get(first).askLetGo(end);
      long reached = Waiting.on(tier.trim(first, end));
      assertThat(reached).as("reached by a trim").isLessThanOrEqualTo(end);
    }
  }

  private void advancesLogStart() {
    for (int i = 0; i < 2; i++) {
      long end = endOf(second);
      ledgers.get(second).askLetGo(end);
      ledgers.get(second).acknowledgeLogStart(Waiting.on(tier.advanceLogStart(second, end)));
    }
  }

  private void ticks() {
    for (int i = 0; i < 5; i++) {
      clock.advance(Duration.ofMinutes(random.nextInt(8)));
      threads.tick(opening.upkeep()::tick);
    }
  }

  private void changesJournalFiles() {
    for (int i = 0; i < 100; i++) {
      opening.env().journal().rotate();
    }
  }

  /** Each wants the offset that it saw to be next; one of two gets it. */
  private void appendsExpecting(String writer) {
    for (int number = 0; number < 3; number++) {
      AppendConditions conditions = AppendConditions.NONE.expecting(endOf(second));
      if (fence > 0) {
        conditions = conditions.holding(fence);
      }
      var unused = append(writer, number, second, conditions).join();
    }
  }

  /** Two threads send the same, as a producer does that was not answered in time. */
  private void appendsInSequence() {
    for (int number = 0; number < 3; number++) {
      int sequence = number;
      AppendConditions conditions =
          AppendConditions.of(new ProducerSequence(42, (short) 0, sequence));
      Appended place = append("s", sequence, first, conditions).join();
      if (place == null) {
        return;
      }
      Long other = sequenced.put(sequence, place.baseOffset());
      assertThat(other == null || other == place.baseOffset())
          .as("sequence %d was stored at %s and at %s", sequence, other, place.baseOffset())
          .isTrue();
    }
  }

  /** Twice: whoever held the token before is shut out, too. */
  private void raisesFence() {
    fenceAsked = true;
    int number = 0;
    for (long token = TOKEN; token < TOKEN + 2; token++) {
      CompletableFuture<Long> raised = tier.raiseFence(second, fence, token);
      var unused = append("f", number++, second, AppendConditions.NONE.holding(token));
      fence = Waiting.on(raised);
      var unusedToo = append("f", number++, second, AppendConditions.NONE.holding(token));
      var unusedLate = append("f", number++, second, AppendConditions.NONE.holding(token - 1));
    }
  }

  private void deletes() {
    var unused = tier.topics().beginDelete(stage.deleted().id(), true);
    tier.topics().finishDelete(stage.deleted().id());
  }

  private void closes() {
    tier.close();
  }

  /** Nobody does anything any more, and the tier is open. */
  private void settled() {
    answers.forEach(CompletableFuture::join);
    follows.checkWoken(first, endOf(first));
    follows.checkWoken(second, endOf(second));
  }

  private void stopped() {
    List.copyOf(answers).forEach(answer -> assertThat(answer).as("an append's answer").isDone());
    List.copyOf(checks).forEach(CompletableFuture::join);
    follows.checkEnded();
    assertThat(opening.env().metrics().waitingBytes.get()).as("bytes that wait").isZero();
    assertThat(meters.get("thermocline.hot.acknowledged.unforced.bytes").gauge().value()).isZero();
    assertThat(tokens.values().stream().map(token -> Math.min(token, fence)))
        .as("tokens of the second log's records")
        .isSorted();
    check(disk.cut().forcedOnly(), ledgers);
    if (cut != null) {
      check(cut.image(random.nextLong()), promisedAtCut);
    }
    check(disk, ledgers);
  }

  private void check(SimulatedDisk found, Map<TopicPartition, ScheduledLedger> promised) {
    HotOpening again =
        HotOpening.open(
            settings(found, 100),
            clock,
            System::nanoTime,
            new SimpleMeterRegistry(),
            new LocalDisk(),
            settings -> new HotThreads(settings, new ScheduledThreads()));
    try (EmbeddedHotTier reopened = new EmbeddedHotTier(again)) {
      promised.forEach(
          (id, ledger) -> {
            if (!id.equals(third) || !deletes) {
              ledger.check(reopened, id);
            }
          });
    }
  }
}
