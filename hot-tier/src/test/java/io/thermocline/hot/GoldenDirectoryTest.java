package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.PartitionState;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory with metadata of version 1: metadata, checkpoint, groups, segments and indexes.
 * The files must never be made anew: what comes later has to read it.
 */
class GoldenDirectoryTest {
  private static final int VERSION_AT = 4;
  private static final int NEWER = 99;

  @TempDir Path directory;

  @BeforeEach
  void copy() throws IOException, URISyntaxException {
    Path golden = Path.of(getClass().getResource("directory-v1").toURI());
    try (Stream<Path> paths = Files.walk(golden)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        Path copy = directory.resolve(golden.relativize(path).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(path, copy);
      }
    }
  }

  @Test
  void allOfItIsRead() {
    try (TierHarness hot = new TierHarness(directory)) {
      assertRecords(hot);
      assertThat(hot.tier.topics().list())
          .extracting(t -> t.id().name() + t.partitionCount())
          .containsExactly("orders1", "payments2");
      assertThat(hot.tier.topics().deletions())
          .singleElement()
          .matches(old -> old.topic().id().name().equals("old") && old.purgeCold());
      TopicPartition paid = hot.tier.topics().require("payments").partition(1);
      assertThat(hot.tier.groupOffsets().offsets("billing"))
          .isEqualTo(Map.of(hot.id, 3L, paid, 1L));
      assertThat(hot.append("g")).isEqualTo(6);
    }
  }

  @Test
  void hintsOfANewerVersionAreMadeAgain() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(p -> p.toString().endsWith(".index")).toList()) {
        makeNewer(path);
      }
    }
    makeNewer(directory.resolve("checkpoint"));
    try (TierHarness hot = new TierHarness(directory)) {
      assertRecords(hot);
    }
  }

  private static void assertRecords(TierHarness hot) {
    PartitionState state = hot.tier.state(hot.id);
    assertThat(state.logStart()).isEqualTo(2);
    assertThat(state.hotStart()).isEqualTo(3);
    assertThat(hot.readAll(3)).containsExactly("3:d", "4:e", "5:f");
    Topic payments = hot.tier.topics().require("payments");
    assertThat(Batches.records(Waiting.on(hot.tier.read(payments.partition(1), 0, 1000))))
        .containsExactly("0:p");
  }

  private static void makeNewer(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).putInt(VERSION_AT, NEWER);
    Path unused = Files.write(file, bytes);
  }
}
