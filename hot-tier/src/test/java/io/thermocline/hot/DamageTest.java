package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acknowledged records that the disk damages under a running tier: never served, never hidden. */
class DamageTest {
  private static final int PAYLOAD = BatchHeader.BYTES + 1;

  @TempDir Path directory;
  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void noFlippedByteOfABatchIsEverServed() throws IOException {
    try (TierHarness hot = tier()) {
      long batch = appendFour(hot);
      for (long at = batch; at < 2 * batch; at++) {
        // Another segment each time, for what was found damaged once stays so.
        long base = hot.tier.state(hot.id).end();
        appendFour(hot);
        Path file = hot.partitionDirectory().resolve("%020d.log".formatted(base));
        RecoveryTest.flip(file, at);
        assertThat(hot.readAll(base))
            .as("byte %d", at)
            .containsExactlyInAnyOrder(
                base + ":a",
                "lost " + new OffsetRange(base + 1, base + 2),
                base + 2 + ":c",
                base + 3 + ":d");
      }
    }
  }

  @Test
  void aDamagedPayloadIsALostRangeFromWhereverItIsRead() throws IOException {
    try (TierHarness hot = tier()) {
      long batch = appendFour(hot);
      RecoveryTest.flip(log(), batch + PAYLOAD);
      for (int again = 0; again < 2; again++) {
        assertThat(hot.readAll(0)).containsExactlyInAnyOrder("0:a", "lost [1, 2)", "2:c", "3:d");
        assertThat(hot.readAll(1)).containsExactlyInAnyOrder("lost [1, 2)", "2:c", "3:d");
        assertThat(hot.readAll(2)).containsExactly("2:c", "3:d");
      }
    }
  }

  @Test
  void damageInTheMiddleOfABatchLosesItFromTheOffsetAskedFor() throws IOException {
    try (TierHarness hot = tier()) {
      hot.append("a", "b", "c");
      hot.append("d");
      RecoveryTest.flip(log(), PAYLOAD);
      assertThat(hot.readAll(1)).containsExactlyInAnyOrder("lost [1, 3)", "3:d");
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("lost [0, 3)", "3:d");
      assertThat(damagedOffsets(hot)).isEqualTo(3);
    }
  }

  @Test
  void damageIsCountedAndRecordedOnceAndStaysWhateverTheDiskSaysLater() throws IOException {
    try (TierHarness hot = tier()) {
      long batch = appendFour(hot);
      hot.tier.seal(hot.id).join();
      RecoveryTest.flip(log(), batch + PAYLOAD);
      assertThat(hot.readAll(0)).hasSize(4);
      RecoveryTest.flip(log(), batch + PAYLOAD);
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("0:a", "lost [1, 2)", "2:c", "3:d");
      hot.restart();
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("0:a", "lost [1, 2)", "2:c", "3:d");
      assertThat(damagedOffsets(hot)).isEqualTo(1);
    }
  }

  @Test
  void damageIsRecordedLaterWhenTheMetadataCannotBeWritten() throws IOException {
    try (TierHarness hot = tier()) {
      appendFour(hot);
      hot.tier.seal(hot.id).join();
      RecoveryTest.flip(log(), PAYLOAD);
      disk.fault =
          (op, path) -> {
            if (op == FaultyDisk.Op.CREATE && path.getFileName().toString().contains("metadata")) {
              throw new IOException("injected: no room for the metadata");
            }
          };
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("lost [0, 1)", "1:b", "2:c", "3:d");
      Await.until(
          "an attempt failed",
          () -> hot.meters.counter("thermocline.hot.failed.chores").count() > 0);
      disk.fault = FaultyDisk.NONE;
      RecoveryTest.flip(log(), PAYLOAD);
      hot.restart();
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("lost [0, 1)", "1:b", "2:c", "3:d");
    }
  }

  @Test
  void aRestartNeverGivesDamagedOffsetsAgain() throws IOException {
    try (TierHarness hot = tier()) {
      long batch = appendFour(hot);
      RecoveryTest.flip(log(), 3 * batch + PAYLOAD);
      assertThat(hot.readAll(3)).containsExactly("lost [3, 4)");
      hot.stop();
      // Without these only the record of the damage says that this was acknowledged.
      Files.delete(directory.resolve("checkpoint"));
      Files.delete(directory.resolve("producers"));
      hot.open();
      assertThat(hot.append("e")).isEqualTo(4);
      assertThat(hot.readAll(2)).containsExactlyInAnyOrder("2:c", "lost [3, 4)", "4:e");
    }
  }

  @Test
  void aTimestampIsLookedForBehindDamage() throws IOException {
    try (TierHarness hot = tier()) {
      hot.append(Batches.at(1_000, "a"));
      long second = Files.size(log());
      hot.append(Batches.at(2_000, "b"));
      hot.append(Batches.at(3_000, "c"));
      RecoveryTest.flip(log(), second + PAYLOAD);
      assertThat(Await.result(hot.tier.maxTimestamp(hot.id, 0)))
          .isEqualTo(Optional.of(new OffsetAndTimestamp(2, 3_000)));
      assertThat(Await.result(hot.tier.offsetForTimestamp(hot.id, 0, 1_500)))
          .isEqualTo(Optional.of(new OffsetAndTimestamp(2, 3_000)));
      assertThat(damagedOffsets(hot)).isEqualTo(1);
      assertThat(hot.readAll(1)).containsExactlyInAnyOrder("lost [1, 2)", "2:c");
      assertThat(damagedOffsets(hot)).isEqualTo(1);
    }
  }

  @Test
  void aFileThatEndsEarlyUnderTheReaderIsLostToItsEnd() throws IOException {
    for (int cut = 1; cut < BatchHeader.BYTES + 10; cut += 7) {
      try (TierHarness hot = new TierHarness(directory.resolve("cut" + cut), disk)) {
        long batch = appendFour(hot);
        hot.tier.seal(hot.id).join();
        hot.append("e");
        try (RandomAccessFile file =
            new RandomAccessFile(RecoveryTest.logFile(hot.directory).toFile(), "rw")) {
          file.setLength(3 * batch - cut);
        }
        assertThat(hot.readAll(1))
            .as("cut %d", cut)
            .containsExactlyInAnyOrder("1:b", "lost [2, 4)", "4:e");
        assertThat(hot.readAll(3)).containsExactlyInAnyOrder("lost [3, 4)", "4:e");
      }
    }
  }

  @Test
  void oneReadGoesThroughNoMoreDamageThanItMayGiveBytes() throws IOException {
    try (TierHarness hot = tier()) {
      String large = "x".repeat(10_000);
      for (int i = 0; i < 20; i++) {
        hot.append(large);
      }
      long batch = Files.size(log()) / 20;
      for (int i = 0; i < 19; i++) {
        RecoveryTest.flip(log(), i * batch + PAYLOAD);
      }
      ReadResult.Progress read =
          (ReadResult.Progress) Await.result(hot.tier.read(hot.id, 0, 50_000));
      assertThat(read.batches()).isEmpty();
      assertThat(read.nextOffset()).isBetween(1L, 6L);
      assertThat(read.lost()).isEqualTo(List.of(new OffsetRange(0, read.nextOffset())));
      assertThat(hot.readAll(0)).contains("19:" + large);
      assertThat(damagedOffsets(hot)).isEqualTo(19);
    }
  }

  private TierHarness tier() {
    return new TierHarness(directory, disk);
  }

  private Path log() {
    return RecoveryTest.logFile(directory);
  }

  private static double damagedOffsets(TierHarness hot) {
    return hot.meters.counter("thermocline.hot.damaged.offsets").count();
  }

  /** Appends a, b, c, d as a batch each, in a segment of their own; the bytes each takes. */
  private static long appendFour(TierHarness hot) {
    hot.tier.seal(hot.id).join();
    for (String value : List.of("a", "b", "c", "d")) {
      hot.append(value);
    }
    return (long) BatchHeader.BYTES + Batches.of("a").sizeInBytes();
  }
}
