package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.FaultyDisk.Op;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many logs that share a journal. Images are copies of the directory of a running tier; in a harsh
 * one the segments have lost all that was not forced, which only the journal has then.
 */
class JournalTest {
  private static final int PARTITIONS = 12;

  /** A value that may be there or not. */
  private static final String UNCERTAIN = "perhaps";

  @TempDir Path temporary;
  private final FaultyDisk disk = new FaultyDisk();
  private int images;

  /** Bytes of each segment file that a force has reached. */
  private final Map<Path, Long> forced = new ConcurrentHashMap<>();

  /** Notes what is forced, after {@code before}. */
  private FaultyDisk.Fault noting(FaultyDisk.Fault before) {
    return (op, path) -> {
      before.before(op, path);
      if (op == Op.FORCE && path.toString().endsWith(".log")) {
        forced.put(path, Files.size(path));
      }
    };
  }

  @Test
  void smallGroupsOfManyLogsGoToTheJournalAndAreReadAsUsual() {
    try (Many many = new Many(temporary.resolve("data"))) {
      many.useJournal();
      double before = many.groups("journal");
      many.appendToAll("a");
      assertThat(many.groups("journal") - before).isEqualTo(PARTITIONS);
      many.verify(many.hot.tier);
      assertThat(many.hot.meters.get("thermocline.hot.journal.bytes").counter().count())
          .isPositive();
      assertThat(many.hot.meters.get("thermocline.hot.acknowledged.unforced.bytes").gauge().value())
          .isZero();
    }
  }

  @Test
  void aFewLogsAndLargeGroupsForceTheirFiles() {
    try (Many many = new Many(temporary.resolve("data"))) {
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
    try (Many many = new Many(temporary.resolve("data"))) {
      many.holdCheckpoints();
      many.useJournal();
      many.appendToAll("a");
      many.appendToAll("b");
      Path image = many.harshImage();
      assertThat(many.lostBytes).isPositive();
      FaultyDisk fresh = new FaultyDisk();
      List<Path> forcedThere = new ArrayList<>();
      fresh.fault =
          (op, path) -> {
            if (op == Op.FORCE) {
              synchronized (forcedThere) {
                forcedThere.add(path.getFileName());
              }
            }
          };
      try (Many again = new Many(image, fresh)) {
        many.verify(again.hot.tier);
        assertThat(forcedThere)
            .filteredOn(name -> name.toString().endsWith(".log"))
            .hasSizeGreaterThanOrEqualTo(PARTITIONS);
        assertThat(image.resolve("journal-0")).doesNotExist();
        assertThat(image.resolve("journal-1")).doesNotExist();
      }
      many.release();
    }
  }

  @Test
  void aCrashInAnyStepOfRecoveryLosesNothing() {
    try (Many many = new Many(temporary.resolve("data"))) {
      many.holdCheckpoints();
      many.useJournal();
      many.appendToAll("a");
      Path image = many.harshImage();
      many.release();
      boolean failed = true;
      for (int step = 1; failed; step += 1 + step / 8) {
        Path tried = copy(image, path -> {});
        failed = openFailingAt(tried, step);
        try (Many again = new Many(tried, new FaultyDisk())) {
          many.verify(again.hot.tier);
        }
      }
    }
  }

  @Test
  void aCheckpointForcesTheSegmentsAndThenTheJournalIsUsedAgain() {
    try (Many many = new Many(temporary.resolve("data"))) {
      many.useJournal();
      for (int i = 0; i < 3; i++) {
        many.appendToAll("a" + i);
        double before = many.checkpointed();
        Await.until("a checkpoint", () -> many.checkpointed() >= before + PARTITIONS);
      }
      Path unused = many.harshImage();
      assertThat(many.lostBytes).isZero();
      double journalled = many.groups("journal");
      many.appendToAll("b");
      assertThat(many.groups("journal")).isGreaterThan(journalled);
    }
  }

  @Test
  void aFullJournalDelaysNobodyAndKeepsWhatItsCheckpointCouldNotForce() {
    try (Many many = new Many(temporary.resolve("data"))) {
      many.useJournal();
      Gate slow = new Gate(many.logFile(0)::equals);
      many.gate = slow;
      disk.fault = noting(slow);
      many.append(0, "only in the journal");
      slow.awaitReached();
      String large = "x".repeat(60_000);
      while (many.full() == 0) {
        for (int i = 1; i < PARTITIONS; i++) {
          many.append(i, large);
        }
      }
      Path image = many.harshImage();
      try (Many again = new Many(image, new FaultyDisk())) {
        many.verify(again.hot.tier);
      }
      slow.open();
    }
  }

  @Test
  void anErrorOfTheJournalFailsTheLogsInItAndNoOtherAndIsNotTriedAgain() {
    try (Many many = new Many(temporary.resolve("data"))) {
      many.useJournal();
      disk.fault = noting(FaultyDisk.failing(Op.FORCE, "journal-0"));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> many.start(0, UNCERTAIN));
      disk.fault = noting(FaultyDisk.NONE);
      Await.fails(ErrorKind.LOG_FAILED, () -> many.start(0, "c"));
      assertThat(many.hot.tier.healthy()).isFalse();
      double journalled = many.groups("journal");
      for (int i = 1; i < PARTITIONS; i++) {
        many.append(i, "d");
      }
      assertThat(many.groups("journal")).isEqualTo(journalled);
      Path image = many.harshImage();
      try (Many again = new Many(image, new FaultyDisk())) {
        many.verify(again.hot.tier);
      }
    }
  }

  @Test
  void aCheckpointThatCannotForceFailsThatLogAndTheJournalKeepsItsBatches() {
    try (Many many = new Many(temporary.resolve("data"))) {
      many.useJournal();
      Path victim = many.logFile(0);
      disk.fault =
          noting(
              (op, path) -> {
                if (op == Op.FORCE && path.equals(victim)) {
                  throw new IOException("injected");
                }
              });
      many.append(0, "only in the journal");
      Await.until("the failure", () -> !many.hot.tier.healthy());
      for (int round = 0; round < 3; round++) {
        for (int i = 1; i < PARTITIONS; i++) {
          many.append(i, "e" + round);
        }
      }
      Path image = many.harshImage();
      assertThat(many.lostBytes).isPositive();
      try (Many again = new Many(image, new FaultyDisk())) {
        many.verify(again.hot.tier);
      }
    }
  }

  @Test
  void nothingOldIsLaidOverLogsThatWereTrimmedOrDeletedAndMadeAgain() {
    try (Many many = new Many(temporary.resolve("data"))) {
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
      try (Many again = new Many(many.harshImage(), new FaultyDisk())) {
        assertThat(again.hot.tier.state(first).hotStart()).isEqualTo(end);
        assertThat(again.hot.tier.state(first).end()).isEqualTo(end);
        assertThat(again.hot.tier.state(anew.partition(0)).end()).isZero();
      }
    }
  }

  @Test
  void aSegmentThatIsGoneIsMissedWhenOnlyTheJournalTellsThatItWasThere() throws IOException {
    try (Many many = new Many(temporary.resolve("data"))) {
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
            return many.groups("journal") == before + PARTITIONS;
          });
      long end = many.hot.tier.state(first).end();
      Path image = copy(many.hot.directory, path -> {});
      Files.copy(checkpoint, image.resolve("checkpoint"), StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(image.resolve("producers"));
      Path segments = image.resolve(many.hot.directory.relativize(many.logFile(0).getParent()));
      Files.delete(segments.resolve("%020d.log".formatted(base)));

      try (Many again = new Many(image, new FaultyDisk())) {
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
    try (Many many = new Many(temporary.resolve("data"))) {
      many.holdCheckpoints();
      many.useJournal();
      many.appendToAll("a");
      Path image = copy(many.hot.directory, path -> {});
      try (RandomAccessFile journal =
          new RandomAccessFile(image.resolve("journal-0").toFile(), "rw")) {
        journal.seek(4096 + 100);
        int value = journal.read();
        journal.seek(4096 + 100);
        journal.write(value ^ 1);
      }
      try (Many again = new Many(image, new FaultyDisk())) {
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
    } catch (io.thermocline.model.ThermoclineException expected) {
      return true;
    }
  }

  private interface Change {
    void to(Path copy) throws IOException;
  }

  /** What may be newer than the rest, as it is forced later, is copied later. */
  private Path copy(Path from, Change change) {
    Path to = temporary.resolve("image" + images++);
    try {
      Files.createDirectory(to);
      for (String first : List.of("checkpoint", "journal-0", "journal-1")) {
        if (Files.exists(from.resolve(first))) {
          Files.copy(from.resolve(first), to.resolve(first));
        }
      }
      Files.walkFileTree(
          from,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                throws IOException {
              Files.createDirectories(to.resolve(from.relativize(path)));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException gone) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
                throws IOException {
              Path copied = to.resolve(from.relativize(path));
              if (!path.toString().endsWith(".new") && !Files.exists(copied)) {
                Files.copy(path, copied);
                change.to(copied);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }

  /** A tier with many partitions, and what was acknowledged in each. */
  private final class Many implements AutoCloseable {
    private final TierHarness hot;
    private final Topic topic;
    private final Map<Integer, List<String>> acknowledged = new TreeMap<>();
    private Gate gate;
    private long lostBytes;

    Many(Path directory) {
      this(directory, disk);
      disk.fault = noting(FaultyDisk.NONE);
    }

    Many(Path directory, FaultyDisk on) {
      hot = new TierHarness(directory, on);
      hot.stop();
      hot.settings = hot.settings.withJournal(1 << 20, 8);
      hot.open();
      topic =
          hot.tier
              .topics()
              .find("many")
              .orElseGet(() -> hot.tier.topics().create("many", PARTITIONS));
    }

    TopicPartition partition(int number) {
      return topic.partition(number);
    }

    CompletableFuture<Appended> start(int number, String value) {
      return hot.tier.append(partition(number), Batches.of(value));
    }

    void append(int number, String value) {
      note(number, value, Await.result(start(number, value)));
    }

    private void note(int number, String value, Appended appended) {
      acknowledged
          .computeIfAbsent(number, unused -> new ArrayList<>())
          .add(appended.baseOffset() + ":" + value);
    }

    void appendToAll(String value) {
      List<CompletableFuture<Appended>> started = new ArrayList<>();
      for (int i = 0; i < PARTITIONS; i++) {
        started.add(start(i, value));
      }
      for (int i = 0; i < PARTITIONS; i++) {
        note(i, value, Await.result(started.get(i)));
      }
    }

    /** Until the journal's files are made. */
    void useJournal() {
      Await.until(
          "the journal is used",
          () -> {
            appendToAll("w");
            return groups("journal") > 0;
          });
      appendToAll("v");
    }

    double groups(String way) {
      return hot.meters.get("thermocline.hot.groups").tag("way", way).counter().count();
    }

    double full() {
      return hot.meters.get("thermocline.hot.journal.full").counter().count();
    }

    double checkpointed() {
      return hot.meters.get("thermocline.hot.checkpoint.force").timer().count();
    }

    /** Forces by checkpoints wait; those of groups do not. */
    void holdCheckpoints() {
      gate =
          new Gate(
              path ->
                  path.toString().endsWith(".log")
                      && Thread.currentThread().getName().startsWith("hot-checkpoint"));
      disk.fault = noting(gate);
    }

    void release() {
      gate.open();
    }

    Path logFile(int number) {
      return hot.directory
          .resolve("topics")
          .resolve(topic.name() + "-" + topic.id().uuid())
          .resolve(Integer.toString(number))
          .resolve("00000000000000000000.log");
    }

    /** What a power cut leaves at worst: of segments only what was forced. */
    Path harshImage() {
      lostBytes = 0;
      Path[] root = new Path[1];
      Path image =
          copy(
              hot.directory,
              copied -> {
                if (copied.toString().endsWith(".log")) {
                  if (root[0] == null) {
                    root[0] = rootOf(copied);
                  }
                  Path original = hot.directory.resolve(root[0].relativize(copied));
                  long keep = forced.getOrDefault(original, 0L);
                  long size = Files.size(copied);
                  lostBytes += Math.max(0, size - keep);
                  try (RandomAccessFile file = new RandomAccessFile(copied.toFile(), "rw")) {
                    file.setLength(Math.min(size, keep));
                  }
                }
              });
      return image;
    }

    private Path rootOf(Path segment) {
      return segment.getParent().getParent().getParent().getParent();
    }

    /** All that was acknowledged here is there. */
    void verify(EmbeddedHotTier tier) {
      acknowledged.forEach(
          (number, records) -> {
            List<String> found = new ArrayList<>();
            long next = tier.state(partition(number)).hotStart();
            while (Waiting.on(tier.read(partition(number), next, 1 << 20))
                instanceof ReadResult.Progress progress) {
              found.addAll(Batches.records(progress));
              progress.lost().forEach(range -> found.add("lost " + range));
              next = progress.nextOffset();
            }
            found.removeIf(record -> record.endsWith(":" + UNCERTAIN));
            assertThat(found).as("partition %d", number).isEqualTo(records);
          });
    }

    @Override
    public void close() {
      if (gate != null) {
        gate.open();
      }
      hot.close();
    }
  }
}
