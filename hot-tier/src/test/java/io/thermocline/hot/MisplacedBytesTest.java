package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole, valid batches in the wrong place, as a disk that misdirects writes leaves them: below the
 * durable mark they are named as lost and what follows is served, and none is served as another.
 */
class MisplacedBytesTest {
  private static final List<String> VALUES = List.of("a", "b", "c", "d", "e");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBatchWrittenOverAnotherIsLostAndNotServedTwice(boolean restart) throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      int size = append(hot);
      byte[] bytes = Files.readAllBytes(log(hot, 0));
      System.arraycopy(bytes, size, bytes, 2 * size, size);
      misplace(hot, bytes, restart);
      assertThat(hot.readAll(0))
          .containsExactlyInAnyOrder("0:a", "1:b", "lost [2, 3)", "3:d", "4:e");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void batchesThatChangedPlacesAreLost(boolean restart) throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      int size = append(hot);
      byte[] bytes = Files.readAllBytes(log(hot, 0));
      byte[] one = Arrays.copyOfRange(bytes, size, 2 * size);
      System.arraycopy(bytes, 2 * size, bytes, size, size);
      System.arraycopy(one, 0, bytes, 2 * size, size);
      misplace(hot, bytes, restart);
      assertThat(hot.readAll(0)).contains("0:a", "3:d", "4:e").doesNotContain("1:b", "2:c");
      assertThat(hot.readAll(0))
          .doesNotContain("1:c", "2:b")
          .anyMatch(r -> r.startsWith("lost [1"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBlockOfAnotherLogIsNotTakenForOnesOwn(boolean restart) throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      TopicPartition other = hot.tier.topics().create("payments", 1).partition(0);
      int size = append(hot);
      for (int i = 0; i < VALUES.size(); i++) {
        assertThat(Await.result(hot.tier.append(other, Batches.of("x"))).baseOffset()).isEqualTo(i);
      }
      byte[] bytes = Files.readAllBytes(log(hot, 0));
      byte[] foreign = Files.readAllBytes(log(directory, "payments"));
      System.arraycopy(foreign, size, bytes, size, 2 * size);
      misplace(hot, bytes, restart);
      assertThat(hot.readAll(0)).contains("0:a", "3:d", "4:e").noneMatch(r -> r.endsWith(":x"));
      assertThat(hot.readAll(0)).anyMatch(r -> r.startsWith("lost [1"));
    }
  }

  @Test
  void aBatchRepeatedBehindTheEndIsCut() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      int size = append(hot);
      hot.stop();
      byte[] bytes = Files.readAllBytes(log(hot, 0));
      byte[] longer = Arrays.copyOf(bytes, bytes.length + size);
      System.arraycopy(bytes, bytes.length - size, longer, bytes.length, size);
      Path unused = Files.write(log(hot, 0), longer);
      hot.open();
      assertThat(hot.readAll(0)).containsExactly("0:a", "1:b", "2:c", "3:d", "4:e");
      assertThat(hot.append("f")).isEqualTo(5);
      assertThat(hot.readAll(4)).containsExactly("4:e", "5:f");
    }
  }

  /** A batch each; the bytes each takes. */
  private static int append(TierHarness hot) {
    for (String value : VALUES) {
      hot.append(value);
    }
    return BatchHeader.BYTES + Batches.of("a").sizeInBytes();
  }

  /** Under the running tier, or found by a start whose mark comes from the headers alone. */
  private void misplace(TierHarness hot, byte[] bytes, boolean restart) throws IOException {
    if (restart) {
      hot.stop();
      Files.delete(directory.resolve("checkpoint"));
    }
    Path unused = Files.write(log(hot, 0), bytes);
    if (restart) {
      hot.open();
    }
  }

  private static Path log(TierHarness hot, long base) {
    return hot.partitionDirectory().resolve("%020d.log".formatted(base));
  }

  private static Path log(Path directory, String topic) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths
          .filter(path -> path.toString().contains(topic) && path.toString().endsWith(".log"))
          .findFirst()
          .orElseThrow();
    }
  }
}
