package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.FaultyDisk.Op;
import io.thermocline.model.Appended;
import io.thermocline.model.ReadResult;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A tier with many logs that share a journal, and what was acknowledged in each. */
final class JournalledLogs implements AutoCloseable {
  static final int PARTITIONS = 12;

  /** A value that may be there or not. */
  static final String UNCERTAIN = "perhaps";

  final TierHarness hot;
  private final Topic topic;
  private final FaultyDisk disk = new FaultyDisk();

  /** Bytes of each segment file that a force has reached. */
  private final Map<Path, Long> forced = new ConcurrentHashMap<>();

  private final Map<Integer, List<String>> acknowledged = new TreeMap<>();
  private Gate gate;
  private long lostBytes;

  JournalledLogs(Path directory) {
    this(directory, FaultyDisk.NONE);
  }

  /**
   * Opens what is there, or makes it.
   *
   * @param fault stands before each call of the disk from the start on
   */
  JournalledLogs(Path directory, FaultyDisk.Fault fault) {
    fault(fault);
    hot = new TierHarness(directory, disk);
    hot.stop();
    hot.settings = hot.settings.withJournal(1 << 20, 8);
    hot.open();
    topic =
        hot.tier
            .topics()
            .find("many")
            .orElseGet(() -> hot.tier.topics().create("many", PARTITIONS));
  }

  /** What stands before each call of the disk from now on; what is forced then is noted. */
  void fault(FaultyDisk.Fault fault) {
    disk.fault =
        (op, path) -> {
          fault.before(op, path);
          if (op == Op.FORCE && path.toString().endsWith(".log")) {
            forced.put(path, Files.size(path));
          }
        };
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
    hold(
        new Gate(
            path ->
                path.toString().endsWith(".log")
                    && Thread.currentThread().getName().startsWith("hot-checkpoint")));
  }

  /** Forces wait at this gate, which is opened at the latest when all is closed. */
  void hold(Gate closed) {
    gate = closed;
    fault(closed);
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

  /** What a power cut leaves at worst, made there: of segments only what was forced. */
  Path harshImage(Path to) {
    lostBytes = 0;
    return LiveImage.copy(
        hot.directory,
        to,
        copied -> {
          if (copied.toString().endsWith(".log")) {
            long keep = forced.getOrDefault(hot.directory.resolve(to.relativize(copied)), 0L);
            long size = Files.size(copied);
            lostBytes += Math.max(0, size - keep);
            try (RandomAccessFile file = new RandomAccessFile(copied.toFile(), "rw")) {
              file.setLength(Math.min(size, keep));
            }
          }
        });
  }

  /** What the last harsh image lacks. */
  long lostBytes() {
    return lostBytes;
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
