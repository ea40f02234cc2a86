package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.FaultyDisk.Op;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many logs that share a journal. Images are copies of the directory of a running tier; in a harsh
 * one the segments have lost all that was not forced, which only the journal has then.
 */
class JournalTest {
  @TempDir Path temporary;
  private int images;

  @Test
  void smallGroupsOfManyLogsGoToTheJournalAndAreReadAsUsual() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.useJournal();
      double before = many.groups("journal");
      many.appendToAll("a");
      assertThat(many.groups("journal") - before).isEqualTo(JournalledLogs.PARTITIONS);
      many.verify(many.hot.tier);
      assertThat(many.hot.meters.get("thermocline.hot.journal.bytes").counter().count())
          .isPositive();
      assertThat(many.hot.meters.get("thermocline.hot.acknowledged.unforced.bytes").gauge().value())
          .isZero();
    }
  }

  @Test
  void aFewLogsAndLargeGroupsForceTheirFiles() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.useJournal();
      double before = many.groups("journal");
      for (int i = 0; i < 40; i++) {
        many.append(i % 2, "x");
      }
      double few = many.groups("journal");
      assertThat(few - before).isLessThan(40);
      for (int i = 0; i < 20; i++) {
        many.append(i % 2, "x");
      }
      many.append(3, "y".repeat(300_000));
      assertThat(many.groups("journal")).isEqualTo(few);
    }
  }

  @Test
  void whatOnlyTheJournalHasIsThereAfterACrashAndForced() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.holdCheckpoints();
      many.useJournal();
      many.appendToAll("a");
      many.appendToAll("b");
      Path image = many.harshImage(image());
      assertThat(many.lostBytes()).isPositive();
      List<Path> forcedThere = new ArrayList<>();
      FaultyDisk.Fault noting =
          (op, path) -> {
            if (op == Op.FORCE) {
              synchronized (forcedThere) {
                forcedThere.add(path.getFileName());
              }
            }
          };
      try (JournalledLogs again = new JournalledLogs(image, noting)) {
        many.verify(again.hot.tier);
        assertThat(forcedThere)
            .filteredOn(name -> name.toString().endsWith(".log"))
            .hasSizeGreaterThanOrEqualTo(JournalledLogs.PARTITIONS);
        assertThat(image.resolve("journal-0")).doesNotExist();
        assertThat(image.resolve("journal-1")).doesNotExist();
      }
      many.release();
    }
  }

  @Test
  void aCrashInAnyStepOfRecoveryLosesNothing() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.holdCheckpoints();
      many.useJournal();
      many.appendToAll("a");
      Path image = many.harshImage(image());
      many.release();
      boolean failed = true;
      for (int step = 1; failed; step += 1 + step / 8) {
        Path tried = LiveImage.copy(image, image());
        failed = openFailingAt(tried, step);
        try (JournalledLogs again = new JournalledLogs(tried)) {
          many.verify(again.hot.tier);
        }
      }
    }
  }

  @Test
  void aCheckpointForcesTheSegmentsAndThenTheJournalIsUsedAgain() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.useJournal();
      for (int i = 0; i < 3; i++) {
        many.appendToAll("a" + i);
        double before = many.checkpointed();
        Await.until(
            "a checkpoint", () -> many.checkpointed() >= before + JournalledLogs.PARTITIONS);
      }
      Path unused = many.harshImage(image());
      assertThat(many.lostBytes()).isZero();
      double journalled = many.groups("journal");
      many.appendToAll("b");
      assertThat(many.groups("journal")).isGreaterThan(journalled);
    }
  }

  @Test
  void aFullJournalDelaysNobodyAndKeepsWhatItsCheckpointCouldNotForce() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.useJournal();
      Gate slow = new Gate(many.logFile(0)::equals);
      many.hold(slow);
      many.append(0, "only in the journal");
      slow.awaitReached();
      String large = "x".repeat(60_000);
      while (many.full() == 0) {
        for (int i = 1; i < JournalledLogs.PARTITIONS; i++) {
          many.append(i, large);
        }
      }
      Path image = many.harshImage(image());
      try (JournalledLogs again = new JournalledLogs(image)) {
        many.verify(again.hot.tier);
      }
      slow.open();
    }
  }

  @Test
  void anErrorOfTheJournalFailsTheLogsInItAndNoOtherAndIsNotTriedAgain() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.useJournal();
      many.fault(FaultyDisk.failing(Op.FORCE, "journal-0"));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> many.start(0, JournalledLogs.UNCERTAIN));
      many.fault(FaultyDisk.NONE);
      Await.fails(ErrorKind.LOG_FAILED, () -> many.start(0, "c"));
      assertThat(many.hot.tier.healthy()).isFalse();
      double journalled = many.groups("journal");
      for (int i = 1; i < JournalledLogs.PARTITIONS; i++) {
        many.append(i, "d");
      }
      assertThat(many.groups("journal")).isEqualTo(journalled);
      Path image = many.harshImage(image());
      try (JournalledLogs again = new JournalledLogs(image)) {
        many.verify(again.hot.tier);
      }
    }
  }

  @Test
  void aCheckpointThatCannotForceFailsThatLogAndTheJournalKeepsItsBatches() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.useJournal();
      Path victim = many.logFile(0);
      many.fault(
          (op, path) -> {
            if (op == Op.FORCE && path.equals(victim)) {
              throw new IOException("injected");
            }
          });
      many.append(0, "only in the journal");
      Await.until("the failure", () -> !many.hot.tier.healthy());
      for (int round = 0; round < 3; round++) {
        for (int i = 1; i < JournalledLogs.PARTITIONS; i++) {
          many.append(i, "e" + round);
        }
      }
      Path image = many.harshImage(image());
      assertThat(many.lostBytes()).isPositive();
      try (JournalledLogs again = new JournalledLogs(image)) {
        many.verify(again.hot.tier);
      }
    }
  }

  @Test
  void nothingOldIsLaidOverLogsThatWereTrimmedOrDeletedAndMadeAgain() {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.holdCheckpoints();
      many.useJournal();
      many.appendToAll("a");
      TopicPartition first = many.partition(0);
      many.release();
      Await.result(many.hot.tier.seal(first));
      long end = many.hot.tier.state(first).end();
      Await.result(many.hot.tier.trim(first, end));
      Topic other = many.hot.tier.topics().create("other", 1);
      Waiting.on(many.hot.tier.append(other.partition(0), Batches.of("gone")));
      many.hot.tier.topics().beginDelete(other.id(), true);
      many.hot.tier.topics().finishDelete(other.id());
      Topic anew = many.hot.tier.topics().create("other", 1);
      try (JournalledLogs again = new JournalledLogs(many.harshImage(image()))) {
        assertThat(again.hot.tier.state(first).hotStart()).isEqualTo(end);
        assertThat(again.hot.tier.state(first).end()).isEqualTo(end);
        assertThat(again.hot.tier.state(anew.partition(0)).end()).isZero();
      }
    }
  }

  @Test
  void aSegmentThatIsGoneIsMissedWhenOnlyTheJournalTellsThatItWasThere() throws IOException {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      TopicPartition first = many.partition(0);
      many.appendToAll("a");
      many.hot.stop();
      Path checkpoint =
          Files.copy(many.hot.directory.resolve("checkpoint"), temporary.resolve("c"));
      many.hot.open();
      long base = many.hot.tier.state(first).end();
      Await.result(many.hot.tier.seal(first));
      many.holdCheckpoints();
      Await.until(
          "all are in the journal",
          () -> {
            double before = many.groups("journal");
            many.appendToAll("b");
            return many.groups("journal") == before + JournalledLogs.PARTITIONS;
          });
      long end = many.hot.tier.state(first).end();
      Path image = LiveImage.copy(many.hot.directory, image());
      Files.copy(checkpoint, image.resolve("checkpoint"), StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(image.resolve("producers"));
      Path segments = image.resolve(many.hot.directory.relativize(many.logFile(0).getParent()));
      Files.delete(segments.resolve("%020d.log".formatted(base)));

      try (JournalledLogs again = new JournalledLogs(image)) {
        assertThat(again.hot.tier.state(first).end()).isEqualTo(end);
        assertThat(Await.result(again.hot.tier.read(first, base, 1 << 20)))
            .isInstanceOfSatisfying(
                ReadResult.Progress.class,
                read -> assertThat(read.lost()).containsExactly(new OffsetRange(base, end)));
      }
      many.release();
    }
  }

  @Test
  void aDamagedFrameIsSteppedOverAndItsLogsKeepWhatTheirFilesHave() throws IOException {
    try (JournalledLogs many = new JournalledLogs(temporary.resolve("data"))) {
      many.holdCheckpoints();
      many.useJournal();
      many.appendToAll("a");
      Path image = LiveImage.copy(many.hot.directory, image());
      try (RandomAccessFile journal =
          new RandomAccessFile(image.resolve("journal-0").toFile(), "rw")) {
        journal.seek(4096 + 100);
        int value = journal.read();
        journal.seek(4096 + 100);
        journal.write(value ^ 1);
      }
      try (JournalledLogs again = new JournalledLogs(image)) {
        many.verify(again.hot.tier);
      }
      many.release();
    }
  }

  private static boolean openFailingAt(Path directory, int step) {
    FaultyDisk failing = new FaultyDisk();
    int[] steps = {0};
    failing.fault =
        (op, path) -> {
          synchronized (steps) {
            if (++steps[0] >= step) {
              throw new IOException("injected: the power is gone");
            }
          }
        };
    try {
      new TierHarness(directory, failing).stop();
      return false;
    } catch (ThermoclineException expected) {
      return true;
    }
  }

  /** Where another image goes. */
  private Path image() {
    return temporary.resolve("image" + images++);
  }
}
