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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

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
  private final Map<CompletableFuture<Long>, Follow> follows = new LinkedHashMap<>();

  /** Where the batches of the sequenced producer lie. */
  private final Map<Integer, Long> sequenced = new HashMap<>();

  private final boolean fails;
  private final boolean closes;
  private final boolean deletes;
  private final int journalFrom;
  private HotOpening opening;
  private EmbeddedHotTier tier;
  private int crowd;
  private boolean fenceAsked;
  private boolean fenceRaised;
  private long lastUnfenced = -1;
  private long firstFenced = Long.MAX_VALUE;
  private PowerCut cut;
  private Map<TopicPartition, ScheduledLedger> promisedAtCut = Map.of();

  /** Somebody waits for a log to come further. */
  private record Follow(TopicPartition id, long offset) {}

  HotPlay(Schedule schedule, Random random, HotScenario.Stage stage) {
    this.schedule = schedule;
    this.random = random;
    this.stage = stage;
    this.disk = stage.disk().afterKill();
    this.first = stage.kept().partition(0);
    this.second = stage.kept().partition(1);
    this.third = stage.deleted().partition(0);
    this.fails = random.nextInt(3) == 0;
    this.closes = random.nextInt(3) == 0;
    this.deletes = random.nextInt(4) == 0;
    this.journalFrom = random.nextInt(3) == 0 ? 100 : 1 + random.nextInt(2);
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
    if (random.nextBoolean()) {
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
    cast();
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
            meters,
            new LocalDisk(),
            settings -> new HotThreads(settings, threads));
    tier = new EmbeddedHotTier(opening);
  }

  private void cast() {
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

  private static String value(String writer, int number) {
    String name = "<" + writer + "." + number + ">";
    return name + "-".repeat(Math.floorMod(name.hashCode() * 31, 700));
  }

  /** Completes, never with a failure, when the append was answered. */
  private CompletableFuture<Appended> append(
      String writer, int number, TopicPartition id, AppendConditions conditions) {
    String value = value(writer, number);
    String name = ScheduledLedger.name(value);
    boolean late = fenceRaised && id.equals(second) && conditions.fenceToken().isEmpty();
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
      if (conditions.fenceToken().isPresent()) {
        firstFenced = Math.min(firstFenced, offset);
      } else {
        lastUnfenced = Math.max(lastUnfenced, offset);
      }
    }
    if (random.nextInt(3) == 0) {
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
    expect(e);
    if (e.kind() != ErrorKind.OUTCOME_UNKNOWN && conditions.sequence().isEmpty()) {
      ledger.refuse(name);
    }
  }

  /** The value is on the disk for good, in its segment or in the journal, unless it was let go. */
  private void checkForced(TopicPartition id, long offset, String name) {
    Schedule.quiet(1);
    try (Stream<Path> paths = Files.walk(disk.cut().forcedOnly().getPath("/data/hot"))) {
      boolean found =
          paths.filter(Files::isRegularFile).anyMatch(path -> text(path).contains(name));
      assertThat(found || offset < tier.state(id).hotStart()).as("%s is forced", name).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ThermoclineException e) {
      expect(e);
    } finally {
      Schedule.quiet(-1);
    }
  }

  private static String text(Path path) {
    try {
      return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
    follow(first, endOf(first), 5);
    for (int i = 0; i < 6; i++) {
      TopicPartition id = random.nextBoolean() ? first : second;
      follow(id, endOf(id), 1);
    }
  }

  private void follow(TopicPartition id, long offset, int times) {
    CompletableFuture<Long> moved = tier.awaitBeyond(id, offset);
    follows.put(moved, new Follow(id, offset));
    checks.add(
        moved.handle(
            (end, failure) -> {
              if (failure instanceof ThermoclineException e) {
                assertThat(e.kind()).isEqualTo(ErrorKind.TRANSIENT);
              } else if (failure != null) {
                throw new AssertionError("A follower failed with something else", failure);
              } else {
                assertThat(end).as("end a follower was woken with").isGreaterThan(offset);
                ledgers.get(id).see(end);
                if (times > 1) {
                  follow(id, end, times - 1);
                }
              }
              return null;
            }));
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

  private void raisesFence() {
    fenceAsked = true;
    CompletableFuture<Long> raised = tier.raiseFence(second, 0, TOKEN);
    var unused = append("f", 0, second, AppendConditions.NONE.holding(TOKEN));
    long unusedToken = Waiting.on(raised);
    fenceRaised = true;
    var unusedToo = append("f", 1, second, AppendConditions.NONE.holding(TOKEN));
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
    long unused = endOf(first) + endOf(second);
    for (Map.Entry<CompletableFuture<Long>, Follow> each : List.copyOf(follows.entrySet())) {
      Follow follow = each.getValue();
      if (endOf(follow.id()) > follow.offset()) {
        assertThat(each.getKey()).as("woken from %s", follow).isDone();
      }
    }
  }

  private void stopped() {
    List.copyOf(answers).forEach(answer -> assertThat(answer).as("an append's answer").isDone());
    List.copyOf(checks).forEach(CompletableFuture::join);
    follows.keySet().forEach(follow -> assertThat(follow).as("a follower").isDone());
    assertThat(opening.env().metrics().waitingBytes.get()).as("bytes that wait").isZero();
    assertThat(meters.get("thermocline.hot.acknowledged.unforced.bytes").gauge().value()).isZero();
    if (fenceRaised) {
      assertThat(lastUnfenced).as("last offset below the fence").isLessThan(firstFenced);
    }
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
