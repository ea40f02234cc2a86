package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.ReadResult;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ten thousand segments take: files, mapped memory, buffers and heap, each with its bound. */
class ManySegmentsTest {
  private static final int SEGMENTS = 10_000;
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");
  private static final long MIB = 1 << 20;

  /** What the JVM and the test itself may open meanwhile. */
  private static final int OTHER_FILES = 40;

  @TempDir Path directory;

  @Test
  void tenThousandSegmentsAreReadWithinTheBounds() throws IOException {
    assumeTrue(Files.isDirectory(OPEN_FILES), "needs /proc");
    long filesBefore = openFiles();
    long heapBefore = heapInUse();
    long directBefore = bufferBytes("direct");
    try (TierHarness hot = new TierHarness(directory, new FaultyDisk())) {
      for (int i = 0; i < SEGMENTS; i++) {
        hot.append(Batches.withTimestamps(i));
        var unused = hot.tier.seal(hot.id).join();
      }
      assertThat(openFiles()).isLessThan(filesBefore + OTHER_FILES);
    }
    List<Path> openedSegments = Collections.synchronizedList(new ArrayList<>());
    FaultyDisk disk = new FaultyDisk();
    disk.openedToRead =
        file -> {
          if (file.toString().endsWith(".log")) {
            openedSegments.add(file);
          }
        };
    try (TierHarness hot = new TierHarness(directory, disk)) {
      assertThat(openedSegments).as("opened by the start").isEmpty();
      assertThat(hot.tier.state(hot.id).segments()).isEqualTo(SEGMENTS);
      long most = 0;
      long next = 0;
      while (hot.read(next) instanceof ReadResult.Progress progress) {
        next = progress.nextOffset();
        most = next % 100 == 0 ? Math.max(most, openFiles()) : most;
      }
      assertThat(next).isEqualTo(SEGMENTS);
      assertThat(openedSegments).hasSizeGreaterThanOrEqualTo(SEGMENTS);
      assertThat(most).isLessThan(filesBefore + hot.settings.maxOpenFiles() + OTHER_FILES);
      assertThat(Await.result(hot.tier.maxTimestamp(hot.id, 0)))
          .isEqualTo(Optional.of(new OffsetAndTimestamp(SEGMENTS - 1, SEGMENTS - 1)));
      assertThat(Await.result(hot.tier.offsetForTimestamp(hot.id, 0, SEGMENTS / 2)))
          .isEqualTo(Optional.of(new OffsetAndTimestamp(SEGMENTS / 2, SEGMENTS / 2)));
      assertThat(hot.tier.spans(hot.id)).hasSize(SEGMENTS);
      assertThat(openFiles()).isLessThan(filesBefore + hot.settings.maxOpenFiles() + OTHER_FILES);
      assertThat(bufferBytes("mapped")).isZero();
      assertThat(bufferBytes("direct") - directBefore).isLessThan(32 * MIB);
      openedSegments.clear();
      assertThat(heapInUse() - heapBefore).isLessThan(64 * MIB);
    }
    assertThat(openFiles()).isLessThan(filesBefore + OTHER_FILES);
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> open = Files.list(OPEN_FILES)) {
      return open.count();
    }
  }

  private static long heapInUse() {
    ManagementFactory.getMemoryMXBean().gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long bufferBytes(String pool) {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(bean -> bean.getName().equals(pool))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
