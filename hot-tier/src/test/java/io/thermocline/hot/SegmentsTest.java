package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.read.LogReader;
import io.thermocline.hot.read.LogView;
import io.thermocline.hot.segment.BatchScan;
import io.thermocline.hot.segment.IndexFile;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Span;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentsTest {
  @TempDir Path directory;

  @Test
  void damageInASealedSegmentIsNamedAndSteppedOver() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      for (String value : List.of("a", "b", "c", "d")) {
        hot.append(value);
      }
      hot.tier.seal(hot.id).join();
      hot.append("e");
      long batch = Files.size(RecoveryTest.logFile(directory)) / 4;
      RecoveryTest.flip(RecoveryTest.logFile(directory), batch + 20);
      assertThat(hot.readAll(0))
          .containsExactlyInAnyOrder("0:a", "lost [1, 2)", "2:c", "3:d", "4:e");
      assertThat(hot.readAll(1)).containsExactlyInAnyOrder("lost [1, 2)", "2:c", "3:d", "4:e");
      RecoveryTest.flip(RecoveryTest.logFile(directory), 3 * batch + 20);
      assertThat(hot.readAll(1))
          .containsExactlyInAnyOrder("lost [1, 2)", "2:c", "lost [3, 4)", "4:e");
      RecoveryTest.flip(RecoveryTest.logFile(directory), 20);
      RecoveryTest.flip(RecoveryTest.logFile(directory), 2 * batch + 20);
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("lost [0, 4)", "4:e");
    }
  }

  @Test
  void anIndexThatIsGoneOrDamagedIsMadeAgain() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      fill(hot);
      List<String> all = hot.readAll(0);
      List<Span> spans = hot.tier.spans(hot.id);
      hot.stop();
      List<Path> indexes = indexes(hot);
      byte[] intact = Files.readAllBytes(indexes.get(0));
      Files.delete(indexes.get(0));
      RecoveryTest.flip(indexes.get(1), Files.size(indexes.get(1)) - 3);
      hot.open();
      assertThat(hot.readAll(0)).isEqualTo(all);
      assertThat(hot.tier.spans(hot.id)).isEqualTo(spans);
      assertThat(Files.readAllBytes(indexes.get(0))).isEqualTo(intact);
    }
  }

  @Test
  void anIndexThatCannotBeWrittenFailsNoReadAndIsCounted() {
    FaultyDisk disk = new FaultyDisk();
    try (TierHarness hot = new TierHarness(directory, disk)) {
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.CREATE, ".index");
      hot.append("a");
      Await.result(hot.tier.seal(hot.id));
      double atTheSeal = failedChores(hot);
      assertThat(hot.readAll(0)).containsExactly("0:a");
      assertThat(failedChores(hot)).isEqualTo(atTheSeal + 1);
      disk.fault = FaultyDisk.NONE;
      hot.restart();
      assertThat(hot.readAll(0)).containsExactly("0:a");
      assertThat(indexes(hot).get(0)).exists();
    }
  }

  private static double failedChores(TierHarness hot) {
    return hot.meters.get("thermocline.hot.failed.chores").counter().count();
  }

  @Test
  void anIndexThatCannotBeReadFailsNeitherAReadNorAStart() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.append("a");
      Await.result(hot.tier.seal(hot.id));
      hot.append("b");
      hot.stop();
      for (Path index : indexes(hot)) {
        // Opens, and then fails to be read.
        Files.delete(index);
        Files.createDirectory(index);
      }
      hot.open();
      assertThat(hot.readAll(0)).containsExactly("0:a", "1:b");
    }
  }

  @Test
  void aReaderThatComesWhileASegmentIsDeletedDoesNotKeepIt() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    HotOpening opening =
        HotOpening.open(
            HotSettings.in(directory).withMinFreeBytes(0),
            ManualClock.start(),
            new SimpleMeterRegistry(),
            disk);
    LogReader reader = new LogReader(opening.env().segments(), 1 << 20);
    try (EmbeddedHotTier tier = new EmbeddedHotTier(opening)) {
      TopicPartition id = tier.topics().create("orders", 1).partition(0);
      Waiting.on(tier.append(id, Batches.of("a")));
      Waiting.on(tier.seal(id));
      LogView before = opening.logs().require(id).view();
      List<String> read = new ArrayList<>();
      disk.fault =
          (op, path) -> {
            if (op == FaultyDisk.Op.DELETE && path.toString().endsWith(".log")) {
              read.addAll(Batches.records(reader.read(before, 0, 1 << 20, damage -> {})));
            }
          };
      assertThat(Waiting.on(tier.trim(id, 1))).isEqualTo(1);
      assertThat(read).containsExactly("0:a");
      assertThatThrownBy(() -> reader.read(before, 0, 1 << 20, damage -> {}))
          .isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void anIndexThatLiesLeadsNobodyAstray() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      fill(hot);
      List<String> all = hot.readAll(0);
      hot.stop();
      // An index that is right by its checksum and its segment, and wrong in every entry.
      Segment segment = Segment.at(hot.partitionDirectory(), hot.id, 0);
      long[] wrong = LongStream.range(0, 10).map(i -> i * 1001 + 7).toArray();
      long[] offsets = LongStream.range(0, 10).toArray();
      SegmentIndex lying = new SegmentIndex.Snapshot(wrong, offsets, new long[10], 1, 2).toIndex();
      IndexFile.write(new LocalDisk(), segment, lying, Files.size(segment.file()));
      hot.open();
      assertThat(hot.readAll(0)).isEqualTo(all);
    }
  }

  @Test
  void anIndexThatPointsPastWhatIsWantedHidesNothing() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      fill(hot);
      List<String> all = hot.readAll(0);
      hot.stop();
      Segment segment = Segment.at(hot.partitionDirectory(), hot.id, 0);
      long bytes = Files.size(segment.file());
      List<BatchScan.Found> batches = new ArrayList<>();
      try (DiskFile file = new LocalDisk().openToRead(segment.file())) {
        BatchScan scan = new BatchScan(file, segment.stamp(), bytes);
        BatchScan.Found found = scan.next(0);
        while (found != null) {
          batches.add(found);
          found = scan.next(found.end());
        }
      }
      // Each entry leads to the batch behind the one it names.
      long[] late = batches.stream().skip(1).mapToLong(BatchScan.Found::position).toArray();
      long[] offsets =
          batches.stream().limit(late.length).mapToLong(b -> b.header().baseOffset()).toArray();
      SegmentIndex lying =
          new SegmentIndex.Snapshot(late, offsets, new long[late.length], 1, 2).toIndex();
      IndexFile.write(new LocalDisk(), segment, lying, bytes);
      hot.open();
      assertThat(hot.readAll(0)).isEqualTo(all);
    }
  }

  @Test
  void startUpOpensNoSealedSegment() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      fill(hot);
      hot.stop();
      Path sealed = RecoveryTest.logFile(directory);
      byte[] bytes = Files.readAllBytes(sealed);
      Files.write(sealed, new byte[bytes.length]);
      hot.open();
      assertThat(hot.tier.state(hot.id).hotStart()).isZero();
      Files.write(sealed, bytes);
      assertThat(hot.readAll(0)).hasSize(400);
    }
  }

  @Test
  void timestampsThatGoBackwardsAreFoundExactlyInEverySegment() {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.tier.segmentLimits(hot.id, new SegmentLimits(700, Duration.ofDays(1)));
      long[] times = new long[60];
      for (int i = 0; i < times.length; i++) {
        times[i] = (i * 37L) % 61 * 10;
      }
      for (int i = 0; i < times.length; i += 3) {
        hot.append(Batches.withTimestamps(times[i], times[i + 1], times[i + 2]));
      }
      for (int round = 0; round < 2; round++) {
        for (int from = 0; from < times.length; from += 7) {
          for (long wanted = 0; wanted <= 620; wanted += 5) {
            assertThat(Await.result(hot.tier.offsetForTimestamp(hot.id, from, wanted)))
                .as("from %d, timestamp %d", from, wanted)
                .isEqualTo(first(times, from, wanted));
          }
        }
        hot.restart();
      }
    }
  }

  /** Segments of several index entries, entries of several batches, batches of several records. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void everySearchByTimeAgreesWithReadingAll(long seed) {
    Random random = new Random(seed);
    int records = 400;
    long[] times = random.longs(records, 0, 50).toArray();
    try (TierHarness hot = new TierHarness(directory)) {
      hot.tier.segmentLimits(hot.id, new SegmentLimits(400_000, Duration.ofDays(1)));
      for (int at = 0; at < records; ) {
        int count = Math.min(records - at, 1 + random.nextInt(4));
        hot.append(
            Batches.padded(random.nextInt(20_000), Arrays.copyOfRange(times, at, at + count)));
        at += count;
      }
      for (int round = 0; round < 2; round++) {
        for (int from = 0; from <= records; from += 1 + random.nextInt(20)) {
          LargestTimestamp largest = new LargestTimestamp();
          for (int offset = from; offset < records; offset++) {
            largest.offer(offset, times[offset]);
          }
          assertThat(Await.result(hot.tier.maxTimestamp(hot.id, from)))
              .as("from %d", from)
              .isEqualTo(largest.found());
          long wanted = random.nextLong(52);
          assertThat(Await.result(hot.tier.offsetForTimestamp(hot.id, from, wanted)))
              .as("from %d, timestamp %d", from, wanted)
              .isEqualTo(first(times, from, wanted));
        }
        hot.restart();
      }
    }
  }

  private static java.util.Optional<OffsetAndTimestamp> first(long[] times, int from, long wanted) {
    for (int offset = from; offset < times.length; offset++) {
      if (times[offset] >= wanted) {
        return java.util.Optional.of(new OffsetAndTimestamp(offset, times[offset]));
      }
    }
    return java.util.Optional.empty();
  }

  /** 400 records in 40 batches in several segments. */
  private static void fill(TierHarness hot) {
    hot.tier.segmentLimits(hot.id, new SegmentLimits(1_000, Duration.ofDays(1)));
    for (int i = 0; i < 40; i++) {
      hot.append("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    }
  }

  private static List<Path> indexes(TierHarness hot) {
    return hot.files().stream()
        .filter(name -> name.endsWith(".index"))
        .map(name -> hot.partitionDirectory().resolve(name))
        .toList();
  }
}
