package io.thermocline.hot;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.disk.Disk;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ReadResult;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A tier in a directory, with one partition at hand, that can be stopped and started again. */
final class TierHarness implements AutoCloseable {

  final Path directory;
  final ManualClock clock = ManualClock.start();

  /** The steady clock. */
  private final AtomicLong nanos = new AtomicLong();

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Disk disk;
  HotSettings settings;
  EmbeddedHotTier tier;
  TopicPartition id;

  TierHarness(Path directory) {
    this(directory, new FaultyDisk());
  }

  TierHarness(Path directory, Disk disk) {
    this.directory = directory;
    this.disk = disk;
    this.settings =
        HotSettings.in(directory)
            .withMinFreeBytes(0)
            .withSegmentLimits(new SegmentLimits(1 << 20, Duration.ofDays(1)));
    open();
    id =
        tier.topics()
            .find("orders")
            .orElseGet(() -> tier.topics().create("orders", 1))
            .partition(0);
  }

  void open() {
    tier =
        new EmbeddedHotTier(
            HotOpening.open(settings, clock, nanos::get, meters, disk, HotThreads::of));
  }

  /** Lets so much time go by; the other clock shows it too. */
  void pass(Duration time) {
    clock.advance(time);
    long unused = nanos.addAndGet(time.toNanos());
  }

  @Override
  public void close() {
    stop();
  }

  /** Stops the tier; {@link #open} starts it again. */
  void stop() {
    tier.close();
  }

  void restart() {
    stop();
    open();
  }

  long append(String... values) {
    return append(Batches.of(values));
  }

  long append(BatchContent batch) {
    return Waiting.on(tier.append(id, batch)).baseOffset();
  }

  ReadResult read(long from) {
    return Waiting.on(tier.read(id, from, 1 << 20));
  }

  /** Everything from {@code from} to the end, as "offset:value" and "lost [from, to)". */
  List<String> readAll(long from) {
    List<String> all = new ArrayList<>();
    long next = from;
    while (read(next) instanceof ReadResult.Progress progress) {
      all.addAll(Batches.records(progress));
      progress.lost().forEach(range -> all.add("lost " + range));
      next = progress.nextOffset();
    }
    return all;
  }

  Path partitionDirectory() {
    return directory
        .resolve("topics")
        .resolve(id.topic().name() + "-" + id.topic().uuid())
        .resolve(Integer.toString(id.partition()));
  }

  List<String> files() {
    try (Stream<Path> files = Files.list(partitionDirectory())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
