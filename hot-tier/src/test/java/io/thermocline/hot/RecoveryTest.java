package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.model.BatchContent;
import io.thermocline.model.PartitionState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a start makes of files as a crash, or the disk, may leave them. Images are copies of the
 * directory of a running tier. Without its checkpoint and its notes of producers the durable mark
 * comes from the headers alone: with batches 0, 1, 2 it is the end of batch 1.
 */
class RecoveryTest {
  @TempDir Path temporary;
  private int images;

  @Test
  void aTornLastBatchIsCutAtEveryByte() throws IOException {
    long[] ends;
    Path image;
    try (TierHarness hot = tier()) {
      ends = appendThree(hot);
      image = imageWithoutCheckpoint(hot);
    }
    for (long size = ends[1] + 1; size < ends[2]; size++) {
      Path torn = copy(image);
      truncate(logFile(torn), size);
      try (TierHarness hot = new TierHarness(torn)) {
        assertThat(hot.readAll(0)).as("size %d", size).containsExactly("0:a", "1:b");
        assertThat(hot.files()).anyMatch(name -> name.endsWith("-" + ends[1] + "-1.cut"));
        assertThat(hot.append("d")).isEqualTo(2);
        assertThat(hot.readAll(0)).containsExactly("0:a", "1:b", "2:d");
      }
    }
  }

  @Test
  void whatIsWholeIsKeptAndNothingIsCut() throws IOException {
    try (TierHarness hot = tier()) {
      appendThree(hot);
      try (TierHarness again = new TierHarness(imageWithoutCheckpoint(hot))) {
        assertThat(again.readAll(0)).containsExactly("0:a", "1:b", "2:c");
        assertThat(again.tier.state(again.id).epoch()).isZero();
        assertThat(again.files()).noneMatch(name -> name.endsWith(".cut"));
      }
    }
  }

  @Test
  void anyFlippedBitOfTheLastBatchCutsItWhenNothingSaysItWasDurable() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      Path image = imageWithoutCheckpoint(hot);
      for (long at = ends[1]; at < ends[2]; at += 3) {
        Path flipped = copy(image);
        flip(logFile(flipped), at);
        try (TierHarness again = new TierHarness(flipped)) {
          assertThat(again.readAll(0)).as("byte %d", at).containsExactly("0:a", "1:b");
          assertThat(again.tier.state(again.id).epoch()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void damageBelowTheDurableMarkIsNamedAndWhatFollowsStays() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      Path image = imageWithoutCheckpoint(hot);
      for (long at = ends[0]; at < ends[1]; at += 3) {
        Path flipped = copy(image);
        flip(logFile(flipped), at);
        try (TierHarness again = new TierHarness(flipped)) {
          assertThat(again.readAll(0))
              .as("byte %d", at)
              .containsExactlyInAnyOrder("0:a", "lost [1, 2)", "2:c");
          assertThat(again.append("d")).isEqualTo(3);
          again.restart();
          assertThat(again.readAll(0))
              .containsExactlyInAnyOrder("0:a", "lost [1, 2)", "2:c", "3:d");
        }
      }
    }
  }

  @Test
  void zerosBelowTheDurableMarkAreALostRange() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      Path image = imageWithoutCheckpoint(hot);
      zero(logFile(image), ends[0], ends[1]);
      try (TierHarness again = new TierHarness(image)) {
        assertThat(again.readAll(0)).containsExactlyInAnyOrder("0:a", "lost [1, 2)", "2:c");
        assertThat(again.append("d")).isEqualTo(3);
      }
    }
  }

  @Test
  void zerosBelowTheCheckpointsMarkAreALostRangeUpToTheEnd() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      hot.stop();
      zero(logFile(hot.directory), ends[0], ends[2]);
      hot.open();
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("0:a", "lost [1, 3)");
      assertThat(hot.append("d")).isEqualTo(3);
    }
  }

  @Test
  void zerosThatNothingSaysWereDurableAreCut() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      Path image = imageWithoutCheckpoint(hot);
      zero(logFile(image), ends[0], ends[2]);
      try (TierHarness again = new TierHarness(image)) {
        // Only the first header is left, and it says nothing about what came after it.
        assertThat(again.readAll(0)).containsExactly("0:a");
        assertThat(again.append("d")).isEqualTo(1);
      }
    }
  }

  @Test
  void aBatchOfAnOlderEpochBehindANewerOneIsCut() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      hot.append("d");
      Path image = imageWithoutCheckpoint(hot);
      byte[] before = Files.readAllBytes(logFile(image));
      truncate(logFile(image), ends[1] + 1);
      try (TierHarness cut = new TierHarness(image)) {
        // As long as the batch that was cut, so that what lay behind that one fits behind this.
        assertThat(cut.append("x")).isEqualTo(2);
        Path back = imageWithoutCheckpoint(cut);
        byte[] behind = Arrays.copyOfRange(before, (int) ends[2], before.length);
        Files.write(logFile(back), behind, StandardOpenOption.APPEND);
        try (TierHarness again = new TierHarness(back)) {
          assertThat(again.readAll(0)).containsExactly("0:a", "1:b", "2:x");
          assertThat(again.append("e")).isEqualTo(3);
        }
      }
    }
  }

  @Test
  void aCheckpointKeepsTheEndWhenTheFileLostItsTail() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      hot.stop();
      truncate(logFile(hot.directory), ends[0] + 5);
      hot.open();
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("0:a", "lost [1, 3)");
      assertThat(hot.append("d")).isEqualTo(3);
      hot.restart();
      assertThat(hot.readAll(0)).containsExactlyInAnyOrder("0:a", "lost [1, 3)", "3:d");
    }
  }

  @Test
  void aLogWhoseFilesAreGoneNeverGivesAnOffsetTwice() throws IOException {
    try (TierHarness hot = tier()) {
      appendThree(hot);
      hot.stop();
      Files.delete(logFile(hot.directory));
      hot.open();
      PartitionState state = hot.tier.state(hot.id);
      assertThat(state.end()).isEqualTo(3);
      assertThat(hot.append("d")).isEqualTo(3);
    }
  }

  @Test
  void validBatchesBehindAHoleAboveTheDurableMarkAreCutToo() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (TierHarness hot = new TierHarness(temporary.resolve("data"), disk)) {
      hot.append("a");
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      disk.fault = gate;
      var first = hot.tier.append(hot.id, Batches.of("b"));
      gate.awaitReached();
      var second = hot.tier.append(hot.id, Batches.of("c"));
      var third = hot.tier.append(hot.id, Batches.of("d"));
      gate.open();
      CompletableFuture.allOf(first, second, third).join();
      long size = Files.size(logFile(hot.directory)) / 4;
      Path image = imageWithoutCheckpoint(hot);
      zero(logFile(image), 2 * size, 3 * size);
      try (TierHarness again = new TierHarness(image)) {
        assertThat(again.readAll(0)).containsExactly("0:a", "1:b");
        assertThat(again.append("e")).isEqualTo(2);
      }
    }
  }

  @Test
  void openingTwiceGivesTheSameBytes() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      Path image = imageWithoutCheckpoint(hot);
      truncate(logFile(image), ends[2] - 1);
      try (TierHarness once = new TierHarness(image)) {
        assertThat(once.readAll(0)).hasSize(2);
      }
      byte[] after = Files.readAllBytes(logFile(image));
      List<String> files;
      try (TierHarness twice = new TierHarness(image)) {
        files = twice.files();
        assertThat(twice.tier.state(twice.id).epoch()).isEqualTo(1);
      }
      assertThat(Files.readAllBytes(logFile(image))).isEqualTo(after);
      assertThat(files).filteredOn(name -> name.endsWith(".cut")).hasSize(1);
    }
  }

  @Test
  void theTailPastTheCheckpointIsForcedAgainBeforeItCounts() throws IOException {
    try (TierHarness hot = tier()) {
      appendThree(hot);
      FaultyDisk disk = new FaultyDisk();
      List<Path> forced = new ArrayList<>();
      disk.fault =
          (op, path) -> {
            if (op == FaultyDisk.Op.FORCE || op == FaultyDisk.Op.FORCE_DIRECTORY) {
              forced.add(path);
            }
          };
      Path image = imageWithoutCheckpoint(hot);
      try (TierHarness again = new TierHarness(image, disk)) {
        assertThat(again.readAll(0)).hasSize(3);
        assertThat(forced).contains(logFile(image), logFile(image).getParent());
      }
    }
  }

  @Test
  void aCrashInAnyStepOfRecoveryLosesNothing() throws IOException {
    try (TierHarness hot = tier()) {
      long[] ends = appendThree(hot);
      Path image = imageWithoutCheckpoint(hot);
      truncate(logFile(image), ends[2] - 1);
      boolean failed = true;
      for (int step = 1; failed; step++) {
        Path tried = copy(image);
        failed = openFailingAt(tried, step);
        try (TierHarness again = new TierHarness(tried)) {
          assertThat(again.readAll(0)).as("step %d", step).containsExactly("0:a", "1:b");
          assertThat(again.append("d")).isEqualTo(2);
        }
      }
    }
  }

  /** Whether there was a step with that number, and so a failure. */
  private static boolean openFailingAt(Path directory, int step) {
    FaultyDisk disk = new FaultyDisk();
    int[] steps = {0};
    disk.fault =
        (op, path) -> {
          synchronized (steps) {
            if (++steps[0] >= step) {
              throw new IOException("injected: the power is gone");
            }
          }
        };
    try {
      new TierHarness(directory, disk).stop();
      return false;
    } catch (io.thermocline.model.ThermoclineException expected) {
      return true;
    }
  }

  private TierHarness tier() {
    return new TierHarness(temporary.resolve("data" + images++));
  }

  /** Appends a, b, c as a batch each; where each ends in the file. */
  private static long[] appendThree(TierHarness hot) throws IOException {
    long[] ends = new long[3];
    String[] values = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
      BatchContent batch = Batches.of(values[i]);
      hot.append(batch);
      ends[i] = (i + 1L) * (BatchHeader.BYTES + batch.sizeInBytes());
    }
    assertThat(Files.size(logFile(hot.directory))).isEqualTo(ends[2]);
    return ends;
  }

  private Path imageWithoutCheckpoint(TierHarness hot) throws IOException {
    Path image = copy(hot.directory);
    Files.deleteIfExists(image.resolve("checkpoint"));
    Files.deleteIfExists(image.resolve("producers"));
    return image;
  }

  private Path copy(Path from) {
    return LiveImage.copy(from, temporary.resolve("image" + images++));
  }

  /** The segment that begins at 0. */
  static Path logFile(Path directory) {
    try (var paths = Files.walk(directory)) {
      return paths
          .filter(path -> path.endsWith("00000000000000000000.log"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void truncate(Path file, long size) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }

  static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      int value = open.read();
      open.seek(at);
      open.write(value ^ 0x10);
    }
  }

  private static void zero(Path file, long from, long to) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(from);
      open.write(new byte[(int) (to - from)]);
    }
  }
}
