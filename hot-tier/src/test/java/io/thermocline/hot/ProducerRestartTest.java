package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tier remembers of producers and fences when it was stopped, cleanly or not. */
class ProducerRestartTest {
  private static final int WINDOW = 64;
  private static final Duration TEN_YEARS = Duration.ofDays(3652);

  @TempDir Path temporary;
  private final FaultyDisk disk = new FaultyDisk();
  private int images;

  @Test
  void aRestartKeepsTheWindow() {
    try (TierHarness hot = tier()) {
      assertThat(hot.tier.capabilities().producerWindowBatches()).isEqualTo(WINDOW);
      List<Appended> places = produce(hot, 0, WINDOW + 5);
      hot.clock.advance(Duration.ofMinutes(3));

      hot.restart();
      hot.restart();

      assertWindow(hot, places);
      assertThat(produce(hot, places.size(), 1).get(0).baseOffset()).isEqualTo(places.size());
    }
  }

  @Test
  void soDoesAStartOnWhatAKilledProcessLeft() throws IOException {
    try (TierHarness hot = tier()) {
      List<Appended> places = produce(hot, 0, WINDOW + 5);
      try (TierHarness again = new TierHarness(image(hot))) {
        assertWindow(again, places);
      }
      hot.restart();
      places.addAll(produce(hot, places.size(), 3));
      Await.result(hot.tier.seal(hot.id));
      places.addAll(produce(hot, places.size(), 3));

      try (TierHarness again = new TierHarness(image(hot))) {
        assertWindow(again, places);
        Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> send(again, places.size() + 1));
        assertThat(produce(again, places.size(), 1).get(0).baseOffset()).isEqualTo(places.size());
      }
    }
  }

  @Test
  void withoutTheFileTheLogTellsAllOfIt() throws IOException {
    try (TierHarness hot = tier()) {
      List<Appended> places = produce(hot, 0, 30);
      Await.result(hot.tier.seal(hot.id));
      places.addAll(produce(hot, 30, 50));
      hot.stop();
      Files.delete(hot.directory.resolve("producers"));
      hot.open();

      assertWindow(hot, places);
    }
  }

  @Test
  void aFileThatIsDamagedAnywhereIsMadeGoodFromTheLog() throws IOException {
    try (TierHarness hot = tier()) {
      List<Appended> places = produce(hot, 0, 3);
      hot.restart();
      places.addAll(produce(hot, 3, 2));
      hot.stop();
      Path stopped = hot.directory;
      long size = Files.size(stopped.resolve("producers"));
      for (long at = 0; at < size; at += 7) {
        Path damaged = copy(stopped);
        RecoveryTest.flip(damaged.resolve("producers"), at);
        try (TierHarness again = new TierHarness(damaged)) {
          assertWindow(again, places);
        }
        truncate(damaged.resolve("producers"), at);
        try (TierHarness again = new TierHarness(damaged)) {
          assertWindow(again, places);
        }
      }
      hot.open();
    }
  }

  @Test
  void batchesWhoseSegmentsAreGoneAreRememberedByTheFile() throws IOException {
    try (TierHarness hot = tier()) {
      List<Appended> places = produce(hot, 0, 10);
      Await.result(hot.tier.seal(hot.id));
      Await.result(hot.tier.trim(hot.id, 10));
      hot.restart();
      assertWindow(hot, places);

      hot.stop();
      Files.delete(hot.directory.resolve("producers"));
      hot.open();

      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 9));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 10));
      assertThat(hot.tier.state(hot.id).end()).isEqualTo(10);
    }
  }

  @Test
  void whatAStartHadToForgetDoesNotComeBackWithALaterOne() throws IOException {
    try (TierHarness hot = tier()) {
      produceAndTrim(hot, 0, 5);
      long sound = Files.size(hot.directory.resolve("producers"));
      produceAndTrim(hot, 5, 5);
      hot.stop();
      RecoveryTest.flip(hot.directory.resolve("producers"), sound + 20);
      hot.open();
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 5));

      hot.restart();
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 5));
      assertThat(hot.tier.state(hot.id).end()).isEqualTo(10);
    }
  }

  @Test
  void aTrimThatCannotNoteThemKeepsTheSegmentsAndSucceedsLater() {
    try (TierHarness hot = tier()) {
      disk.fault =
          (op, path) -> {
            if (path.getFileName().toString().startsWith("producers")) {
              throw new IOException("injected: " + op + " of " + path);
            }
          };
      List<Appended> places = produce(hot, 0, 10);
      Await.result(hot.tier.seal(hot.id));
      Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.trim(hot.id, 10));
      assertThat(Await.result(hot.tier.advanceLogStart(hot.id, 10))).isEqualTo(10);
      assertThat(hot.files()).hasSize(3);

      disk.fault = FaultyDisk.NONE;
      assertThat(Await.result(hot.tier.trim(hot.id, 10))).isEqualTo(10);
      assertThat(hot.files()).hasSize(1);
      hot.restart();
      assertWindow(hot, places);
    }
  }

  @Test
  void theSequenceOfABatchThatRecoveryCutIsFreeAgain() throws IOException {
    try (TierHarness hot = tier()) {
      produce(hot, 0, 3);
      Path image = image(hot);
      Files.deleteIfExists(image.resolve("checkpoint"));
      Files.deleteIfExists(image.resolve("producers"));
      Path log = RecoveryTest.logFile(image);
      truncate(log, Files.size(log) - 1);
      try (TierHarness again = new TierHarness(image)) {
        Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> send(again, 3));
        assertThat(Await.result(send(again, 2)).baseOffset()).isEqualTo(2);
        assertThat(Await.result(send(again, 3)).baseOffset()).isEqualTo(3);
      }
    }
  }

  @Test
  void whatWasNotedWasDurableAlsoWhenTheLogLostIt() throws IOException {
    try (TierHarness hot = tier()) {
      produce(hot, 0, 3);
      hot.stop();
      Path log = RecoveryTest.logFile(hot.directory);
      Files.delete(hot.directory.resolve("checkpoint"));
      truncate(log, Files.size(log) / 3);
      hot.open();

      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("0:v", "lost [1, 3)");
      assertThat(Await.result(send(hot, 3)).baseOffset()).isEqualTo(3);
    }
  }

  @Test
  void aFenceIsThereAfterARestartAndAfterAKill() throws IOException {
    try (TierHarness hot = tier()) {
      Await.result(hot.tier.raiseFence(hot.id, 0, 7));
      try (TierHarness again = new TierHarness(image(hot))) {
        assertThat(again.tier.fence(again.id)).isEqualTo(7);
        Await.fails(ErrorKind.FENCED, () -> again.tier.append(again.id, batch()));
      }
      hot.restart();
      assertThat(hot.tier.fence(hot.id)).isEqualTo(7);
      Await.fails(ErrorKind.FENCED, () -> hot.tier.append(hot.id, batch()));
    }
  }

  @Test
  void aFenceThatCouldNotBeStoredIsNotRaisedAndTheLogGoesOn() {
    try (TierHarness hot = tier()) {
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.WRITE, "metadata.new");
      Await.fails(ErrorKind.EXHAUSTED, () -> hot.tier.raiseFence(hot.id, 0, 1));
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.RENAME, "metadata");
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.raiseFence(hot.id, 0, 2));
      disk.fault = FaultyDisk.NONE;

      assertThat(hot.tier.fence(hot.id)).isZero();
      Await.result(hot.tier.append(hot.id, batch()));
    }
  }

  @Test
  void aRepeatWaitsForItsOriginalAndFailsWithIt() {
    try (TierHarness hot = tier()) {
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      disk.fault = gate;
      CompletableFuture<Appended> first = send(hot, 0);
      gate.awaitReached();
      CompletableFuture<Appended> repeat = send(hot, 0);
      CompletableFuture<Appended> second = send(hot, 1);
      CompletableFuture<Appended> secondAgain = send(hot, 1);
      CompletableFuture<Appended> conflict =
          hot.tier.append(hot.id, batch(), AppendConditions.NONE.expecting(0));
      assertThat(List.of(first, repeat, second, secondAgain, conflict))
          .noneMatch(CompletableFuture::isDone);
      gate.open();

      assertThat(Await.result(repeat)).isEqualTo(Await.result(first));
      assertThat(Await.result(secondAgain)).isEqualTo(Await.result(second));
      assertThat(Await.failure(() -> conflict).details()).containsEntry("next_offset", "2");
    }
  }

  @Test
  void whatAFailedForceLeavesUnknownIsUnknownToItsRepeatsToo() {
    try (TierHarness hot = tier()) {
      Appended durable = Await.result(send(hot, 0));
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      disk.fault =
          (op, path) -> {
            gate.before(op, path);
            FaultyDisk.failing(FaultyDisk.Op.FORCE, ".log").before(op, path);
          };
      CompletableFuture<Appended> original = send(hot, 1);
      gate.awaitReached();
      CompletableFuture<Appended> repeat = send(hot, 1);
      CompletableFuture<Appended> next = send(hot, 2);
      CompletableFuture<Appended> repeatOfDurable = send(hot, 0);
      gate.open();

      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> original);
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> repeat);
      Await.fails(ErrorKind.LOG_FAILED, () -> next);
      assertThat(Await.result(repeatOfDurable)).isEqualTo(durable);
      disk.fault = FaultyDisk.NONE;
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 1));
      Await.fails(ErrorKind.LOG_FAILED, () -> send(hot, 2));
    }
  }

  @Test
  void aRepeatIsToldAlsoWhenTheDiskHasNoRoomForANewBatch() {
    try (TierHarness hot = tier()) {
      List<Appended> places = produce(hot, 0, 2);
      hot.stop();
      hot.settings = hot.settings.withMinFreeBytes(1000);
      disk.usableBytes = 999;
      hot.open();

      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, 2));
      Await.fails(ErrorKind.EXHAUSTED, () -> hot.tier.append(hot.id, batch()));
      assertWindow(hot, places);
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, hot.id, 43, 1));
      disk.usableBytes = 1000;
      hot.restart();
      Await.result(send(hot, 2));
    }
  }

  @Test
  void aRepeatInTheGroupOfItsOriginalFailsWithIt() {
    try (TierHarness hot = tier()) {
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      AtomicInteger forces = new AtomicInteger();
      disk.fault =
          (op, path) -> {
            gate.before(op, path);
            boolean log = path.toString().endsWith(".log");
            if (log && op == FaultyDisk.Op.FORCE && forces.incrementAndGet() > 1) {
              throw new IOException("injected: the second force");
            }
          };
      CompletableFuture<Appended> before = hot.tier.append(hot.id, batch());
      gate.awaitReached();
      CompletableFuture<Appended> original = send(hot, 0);
      CompletableFuture<Appended> repeat = send(hot, 0);
      CompletableFuture<Appended> conflict =
          hot.tier.append(hot.id, batch(), AppendConditions.NONE.expecting(0));
      gate.open();

      assertThat(Await.result(before).baseOffset()).isZero();
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> original);
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> repeat);
      Await.fails(ErrorKind.LOG_FAILED, () -> conflict);
    }
  }

  @Test
  void whatAFailedWriteLeavesUnknownIsUnknownToItsRepeatsToo() {
    try (TierHarness hot = tier()) {
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.WRITE, ".log");
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 0));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 0));
      disk.fault = FaultyDisk.NONE;
      hot.restart();
      assertThat(Await.result(send(hot, 0)).baseOffset()).isZero();
    }
  }

  @Test
  void aProducerThatWasSilentForADayIsForgotten() {
    try (TierHarness hot = tier()) {
      produce(hot, 0, 2);
      hot.pass(Duration.ofHours(23));
      note(hot);
      assertThat(Await.result(send(hot, 1)).baseOffset()).isEqualTo(1);
      hot.pass(Duration.ofHours(1));
      note(hot);

      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 1));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 2));
      Await.result(send(hot, 0));
    }
  }

  @Test
  void aClockThatJumpsMakesNobodyForgotten() {
    for (Duration jump : List.of(TEN_YEARS, TEN_YEARS.negated())) {
      try (TierHarness hot = new TierHarness(temporary.resolve("jump" + jump), disk)) {
        Appended first = Await.result(send(hot, 0));
        hot.clock.advance(jump);
        note(hot);
        assertThat(Await.result(send(hot, 0))).as("%s", jump).isEqualTo(first);

        Appended second = Await.result(send(hot, hot.id, 43, 0));
        hot.restart();
        assertThat(Await.result(send(hot, 0))).as("%s, started", jump).isEqualTo(first);
        hot.clock.advance(jump.negated());
        Await.result(send(hot, hot.id, 44, 0));
        hot.restart();
        note(hot);
        assertThat(Await.result(send(hot, 0))).as("%s and back", jump).isEqualTo(first);
        assertThat(Await.result(send(hot, hot.id, 43, 0))).isEqualTo(second);
      }
    }
  }

  @Test
  void howLongOneIsSilentBeforeItMakesRoomIsNoMatterOfTheClock() {
    try (TierHarness hot = tier()) {
      hot.stop();
      hot.settings =
          hot.settings.withProducers(
              new ProducerLimits(2, 2, Duration.ofDays(1), Duration.ofMinutes(15)));
      hot.open();
      Await.result(send(hot, hot.id, 1, 0));
      Await.result(send(hot, hot.id, 2, 0));
      hot.clock.advance(TEN_YEARS);
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, hot.id, 3, 0));
      hot.restart();
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, hot.id, 3, 0));
      hot.clock.advance(TEN_YEARS.multipliedBy(-2));
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, hot.id, 3, 0));

      hot.pass(Duration.ofMinutes(15));
      Await.result(send(hot, hot.id, 3, 0));
    }
  }

  @Test
  void moreProducersThanAreRememberedAreRefusedUntilOneWasSilent() {
    try (TierHarness hot = tier()) {
      hot.stop();
      hot.settings =
          hot.settings.withProducers(
              new ProducerLimits(2, 3, Duration.ofDays(1), Duration.ofMinutes(15)));
      hot.open();
      TopicPartition other = hot.tier.topics().create("payments", 1).partition(0);
      Await.result(send(hot, hot.id, 1, 0));
      Await.result(send(hot, hot.id, 2, 0));
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, hot.id, 3, 0));
      Await.result(send(hot, other, 1, 0));
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, other, 2, 0));
      hot.append("without a producer");

      hot.pass(Duration.ofMinutes(15));
      Await.result(send(hot, hot.id, 1, 1));
      Await.result(send(hot, hot.id, 3, 0));

      Await.result(send(hot, hot.id, 1, 2));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, hot.id, 2, 1));
    }
  }

  /** Every batch in the window is told from a new one, those before it are unknown. */
  private static void assertWindow(TierHarness hot, List<Appended> places) {
    for (int i = 0; i < places.size(); i++) {
      int sequence = i;
      if (i < places.size() - WINDOW) {
        Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, sequence));
      } else {
        assertThat(Await.result(send(hot, sequence)))
            .as("sequence %d", sequence)
            .isEqualTo(places.get(i));
      }
    }
    assertThat(hot.tier.state(hot.id).end()).isEqualTo(places.size());
  }

  private static List<Appended> produce(TierHarness hot, int from, int count) {
    List<Appended> places = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      places.add(Await.result(send(hot, i)));
    }
    return places;
  }

  /** Has the producers noted, those silent for long forgotten. */
  private static void note(TierHarness hot) {
    long end = hot.append("without a producer") + 1;
    Await.result(hot.tier.seal(hot.id));
    Await.result(hot.tier.trim(hot.id, end));
  }

  /** So that only the file of producers has the batches. */
  private static void produceAndTrim(TierHarness hot, int from, int count) {
    produce(hot, from, count);
    Await.result(hot.tier.seal(hot.id));
    Await.result(hot.tier.trim(hot.id, from + count));
  }

  private static CompletableFuture<Appended> send(TierHarness hot, int sequence) {
    return send(hot, hot.id, 42, sequence);
  }

  private static CompletableFuture<Appended> send(
      TierHarness hot, TopicPartition id, long producer, int sequence) {
    return hot.tier.append(
        id, batch(), AppendConditions.of(new ProducerSequence(producer, (short) 0, sequence)));
  }

  private static BatchContent batch() {
    return Batches.of("v");
  }

  private TierHarness tier() {
    return new TierHarness(temporary.resolve("data"), disk);
  }

  private Path image(TierHarness hot) throws IOException {
    return copy(hot.directory);
  }

  private Path copy(Path from) throws IOException {
    return RecoveryTest.copy(from, temporary.resolve("image" + images++));
  }

  private static void truncate(Path file, long size) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }
}
