package io.thermocline.hot;

import static io.thermocline.hot.ProducerBatches.WINDOW;
import static io.thermocline.hot.ProducerBatches.assertRemembered;
import static io.thermocline.hot.ProducerBatches.batch;
import static io.thermocline.hot.ProducerBatches.produce;
import static io.thermocline.hot.ProducerBatches.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tier remembers of producers and fences when it was stopped, cleanly or not. */
class ProducerRestartTest {
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

      assertRemembered(hot, places);
      assertThat(produce(hot, places.size(), 1).get(0).baseOffset()).isEqualTo(places.size());
    }
  }

  @Test
  void soDoesAStartOnWhatAKilledProcessLeft() throws IOException {
    try (TierHarness hot = tier()) {
      List<Appended> places = produce(hot, 0, WINDOW + 5);
      try (TierHarness again = new TierHarness(image(hot))) {
        assertRemembered(again, places);
      }
      hot.restart();
      places.addAll(produce(hot, places.size(), 3));
      Await.result(hot.tier.seal(hot.id));
      places.addAll(produce(hot, places.size(), 3));

      try (TierHarness again = new TierHarness(image(hot))) {
        assertRemembered(again, places);
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

      assertRemembered(hot, places);
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
          assertRemembered(again, places);
        }
        truncate(damaged.resolve("producers"), at);
        try (TierHarness again = new TierHarness(damaged)) {
          assertRemembered(again, places);
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
      assertRemembered(hot, places);

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
      assertRemembered(hot, places);
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

  /** So that only the file of producers has the batches. */
  private static void produceAndTrim(TierHarness hot, int from, int count) {
    produce(hot, from, count);
    Await.result(hot.tier.seal(hot.id));
    Await.result(hot.tier.trim(hot.id, from + count));
  }

  private TierHarness tier() {
    return new TierHarness(temporary.resolve("data"), disk);
  }

  private Path image(TierHarness hot) {
    return copy(hot.directory);
  }

  private Path copy(Path from) {
    return LiveImage.copy(from, temporary.resolve("image" + images++));
  }

  private static void truncate(Path file, long size) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }
}
