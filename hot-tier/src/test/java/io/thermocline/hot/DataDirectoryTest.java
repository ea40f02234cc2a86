package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.PartitionState;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path directory;

  @Test
  void oneTierHoldsADirectoryAtATime() {
    try (TierHarness hot = new TierHarness(directory)) {
      Await.throwsKind(ErrorKind.FAILED_PRECONDITION, this::openAndClose);
      hot.stop();
      openAndClose();
    }
  }

  @Test
  void aFileInTheDirectorysPlaceIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION,
        () -> EmbeddedHotTier.open(HotSettings.in(file), clock(), new SimpleMeterRegistry()));
  }

  @Test
  void metadataOfANewerVersionIsRefusedAndLeftAlone() throws IOException {
    openAndClose();
    Path metadata = directory.resolve("metadata");
    byte[] bytes = Files.readAllBytes(metadata);
    ByteBuffer.wrap(bytes).putInt(4, 3);
    Files.write(metadata, bytes);
    Await.throwsKind(ErrorKind.FAILED_PRECONDITION, this::openAndClose);
    assertThat(Files.readAllBytes(metadata)).isEqualTo(bytes);
  }

  @Test
  void damagedMetadataIsRefusedAtEveryByte() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      assertThat(hot.append("a")).isZero();
    }
    Path metadata = directory.resolve("metadata");
    byte[] good = Files.readAllBytes(metadata);
    for (int at = 8; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      Files.write(metadata, bad);
      Await.throwsKind(ErrorKind.CORRUPT, this::openAndClose);
    }
  }

  @Test
  void filesAreTheOwnersOnly() throws IOException {
    try (TierHarness hot = new TierHarness(directory.resolve("data"))) {
      hot.append("a");
    }
    try (var paths = Files.walk(directory.resolve("data"))) {
      for (Path path : paths.toList()) {
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        assertThat(permissions)
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void topicsOffsetsAndDeletionsSurviveARestart() {
    try (TierHarness hot = new TierHarness(directory)) {
      Topic kept = hot.tier.topics().create("payments", 2);
      Topic grown = hot.tier.topics().growPartitions(kept.id(), 4);
      Topic deleted = hot.tier.topics().create("old", 1);
      Await.result(
          hot.tier
              .groupOffsets()
              .commit("billing", Map.of(grown.partition(3), 7L, deleted.partition(0), 8L)));
      hot.tier.topics().beginDelete(deleted.id(), true);
      hot.append("a", "b", "c");
      Await.result(hot.tier.advanceLogStart(hot.id, 2));
      var cluster = hot.tier.clusterId();
      hot.restart();
      assertThat(hot.tier.clusterId()).isEqualTo(cluster);
      assertThat(hot.tier.topics().find("payments")).contains(grown);
      assertThat(hot.tier.topics().deletions())
          .singleElement()
          .matches(deletion -> deletion.topic().equals(deleted) && deletion.purgeCold());
      assertThat(hot.tier.groupOffsets().offsets("billing")).containsEntry(grown.partition(3), 7L);
      PartitionState state = hot.tier.state(hot.id);
      assertThat(state.logStart()).isEqualTo(2);
      hot.tier.topics().finishDelete(deleted.id());
      hot.restart();
      assertThat(hot.tier.topics().deletions()).isEmpty();
      assertThat(hot.tier.groupOffsets().offsets("billing"))
          .isEqualTo(Map.of(grown.partition(3), 7L));
    }
  }

  @Test
  void aDeletedTopicLeavesNoFiles() {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.append("a");
      assertThat(hot.partitionDirectory()).exists();
      hot.tier.topics().beginDelete(hot.id.topic(), false);
      hot.tier.topics().finishDelete(hot.id.topic());
      assertThat(directory.resolve("topics")).isEmptyDirectory();
    }
  }

  @Test
  void aTornCommitOfAGroupIsForgottenAndTheOnesBeforeItStay() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      TopicPartition id = hot.id;
      Await.result(hot.tier.groupOffsets().commit("billing", Map.of(id, 1L)));
      long whole = Files.size(directory.resolve("groups"));
      Await.result(hot.tier.groupOffsets().commit("billing", Map.of(id, 2L)));
      byte[] both = Files.readAllBytes(directory.resolve("groups"));
      hot.stop();
      for (int size = (int) whole; size < both.length; size++) {
        Files.write(directory.resolve("groups"), java.util.Arrays.copyOf(both, size));
        hot.open();
        assertThat(hot.tier.groupOffsets().offsets("billing")).isEqualTo(Map.of(id, 1L));
        hot.stop();
      }
      both[(int) whole - 1] ^= 1;
      Files.write(directory.resolve("groups"), both);
      hot.open();
      assertThat(hot.tier.groupOffsets().offsets("billing")).isEqualTo(Map.of(id, 2L));
    }
  }

  @Test
  void onceClosedEverythingAnswersTransient() {
    TierHarness hot = new TierHarness(directory);
    var waiting = hot.tier.awaitBeyond(hot.id, 0);
    hot.stop();
    hot.stop();
    Await.fails(ErrorKind.TRANSIENT, () -> waiting);
    Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.append(hot.id, Batches.of("a")));
    Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.read(hot.id, 0, 1));
    Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.trim(hot.id, 0));
    Await.throwsKind(ErrorKind.TRANSIENT, () -> hot.tier.state(hot.id));
    Await.throwsKind(ErrorKind.TRANSIENT, () -> hot.tier.topics().create("late", 1));
    Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.groupOffsets().commit("g", Map.of(hot.id, 1L)));
  }

  private void openAndClose() {
    EmbeddedHotTier.open(HotSettings.in(directory), clock(), new SimpleMeterRegistry()).close();
  }

  private static ManualClock clock() {
    return ManualClock.start();
  }
}
