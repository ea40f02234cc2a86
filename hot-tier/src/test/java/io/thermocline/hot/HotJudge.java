package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import io.thermocline.testkit.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What has to be true in a {@link HotPlay}. What somebody sees is judged at once; when all have
 * stopped everything was answered, followers were woken, and the disk as it is, as it was after the
 * stop, and as a power cut in the middle left it, holds what was promised.
 */
final class HotJudge {
  private final HotPlot plot;
  private final Random random;
  private final SimulatedDisk disk;
  private final HotOpening opening;
  private final EmbeddedHotTier tier;
  private final ManualClock clock;
  private final SimpleMeterRegistry meters;
  private final TopicPartition first;
  private final TopicPartition second;
  private final TopicPartition deleted;
  private final Map<TopicPartition, ScheduledLedger> ledgers = new LinkedHashMap<>();
  private final List<CompletableFuture<?>> answers = new ArrayList<>();
  private final List<CompletableFuture<?>> checks = new ArrayList<>();
  private final ScheduledFollows follows = new ScheduledFollows(ledgers);

  /** Where the batches of the sequenced producer lie. */
  private final Map<Integer, Long> sequenced = new HashMap<>();

  /** The highest token that was answered, and those that the second log's records came with. */
  private long fence;

  private final TreeMap<Long, Long> tokens = new TreeMap<>();
  private boolean fenceAsked;
  private PowerCut cut;
  private Map<TopicPartition, ScheduledLedger> promisedAtCut = Map.of();

  HotJudge(HotPlay.Opened opened, HotPlot plot, HotScenario.Stage stage, Random random) {
    this.plot = plot;
    this.random = random;
    this.disk = opened.disk();
    this.clock = opened.clock();
    this.meters = opened.meters();
    this.opening = opened.opening();
    this.tier = opened.tier();
    this.first = stage.kept().partition(0);
    this.second = stage.kept().partition(1);
    this.deleted = stage.deleted().partition(0);
    for (TopicPartition id : List.of(first, second, deleted)) {
      ledgers.put(id, new ScheduledLedger());
    }
  }

  /** Fails at what nobody in this play can be to blame for. */
  void expect(ThermoclineException e) {
    boolean expected =
        switch (e.kind()) {
          case OUTCOME_UNKNOWN, LOG_FAILED, EXHAUSTED -> plot.fails();
          case TRANSIENT -> plot.fails() || plot.closes();
          case NOT_FOUND -> plot.deletes();
          case FENCED -> fenceAsked;
          default -> false;
        };
    if (!expected) {
      throw e;
    }
  }

  private static String value(String writer, int number) {
    String name = "<" + writer + "." + number + ">";
    return name + "-".repeat(Math.floorMod(name.hashCode() * 31, 700));
  }

  /** Completes, never with a failure, when the append was answered. */
  CompletableFuture<Appended> append(
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

  /** So that what follows finds all of it answered. */
  void awaitAnswers() {
    answers.forEach(CompletableFuture::join);
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
    if (!plot.closes()) {
      // A stop lets go of all who wait, and tells them one by one.
      follows.checkWoken(id, offset + 1);
    }
    if (plot.cast() == HotPlot.Cast.WRITER_AND_CHECKPOINT || random.nextInt(3) == 0) {
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
  long endOf(TopicPartition id) {
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

  /** Somebody read this. */
  void reads(TopicPartition id, ReadResult.Progress progress) {
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

  /** Somebody waits at the end of a log, and when woken goes on from there, so many times. */
  void follow(TopicPartition id, int times) {
    follows.follow(tier, id, endOf(id), times);
  }

  /** What lies below may go, or be gone. */
  void letGo(TopicPartition id, long upTo) {
    ledgers.get(id).askLetGo(upTo);
  }

  void logStart(TopicPartition id, long acknowledged) {
    ledgers.get(id).acknowledgeLogStart(acknowledged);
  }

  /** A batch of the sequenced producer was acknowledged. */
  void stored(int sequence, long offset) {
    Long other = sequenced.put(sequence, offset);
    assertThat(other == null || other == offset)
        .as("sequence %d was stored at %s and at %s", sequence, other, offset)
        .isTrue();
  }

  /** From here on the second log may refuse what has no token, or an old one. */
  void fenceIsAsked() {
    fenceAsked = true;
  }

  /** From here on it has to. */
  void fenceIsRaised(long token) {
    fence = token;
  }

  long fence() {
    return fence;
  }

  /** Nobody does anything any more, and the tier is open. */
  void settled() {
    awaitAnswers();
    for (TopicPartition id : List.of(first, second)) {
      follows.checkWoken(id, endOf(id));
    }
  }

  /** The tier is closed, and nobody does anything any more. */
  void stopped() {
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
            HotPlay.settings(found, 100),
            clock,
            System::nanoTime,
            new SimpleMeterRegistry(),
            new LocalDisk(),
            settings -> new HotThreads(settings, new ScheduledThreads()));
    try (EmbeddedHotTier reopened = new EmbeddedHotTier(again)) {
      promised.forEach(
          (id, ledger) -> {
            if (!id.equals(deleted) || !plot.deletes()) {
              ledger.check(reopened, id);
            }
          });
    }
  }
}
