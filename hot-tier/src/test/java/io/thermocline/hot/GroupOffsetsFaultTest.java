package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.FaultyDisk.Op;
import io.thermocline.hot.groups.GroupOffsetsFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of groups' offsets is written anew, and that fails. */
class GroupOffsetsFaultTest {
  private static final int PARTITIONS = 10_000;
  private static final long OLD_BYTES = 4L << 20;
  private static final TopicId TOPIC = new TopicId(new UUID(1, 2), "orders");

  @TempDir Path directory;
  private final FaultyDisk disk = new FaultyDisk();
  private Path path;
  private GroupOffsetsFile groups;
  private long committed;

  @BeforeEach
  void open() throws IOException {
    path = directory.resolve("groups");
    groups = reopened();
  }

  private GroupOffsetsFile reopened() throws IOException {
    return GroupOffsetsFile.open(disk, path, Runnable::run, topic -> true, partition -> {});
  }

  private void commit() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (int i = 0; i < PARTITIONS; i++) {
      offsets.put(TOPIC.partition(i), committed + 1);
    }
    Await.result(groups.commit("readers", offsets));
    committed++;
  }

  @Test
  void commitsGoOnInTheOldFileWhileItCannotBeWrittenAnew() throws IOException {
    disk.fault = FaultyDisk.failing(Op.CREATE, "groups.new");
    while (Files.size(path) < 2 * OLD_BYTES) {
      commit();
    }
    assertThat(groups.healthy()).isTrue();
    disk.fault = FaultyDisk.NONE;
    while (Files.size(path) > OLD_BYTES) {
      commit();
    }
    commit();
    Await.result(groups.close(new ThermoclineException(ErrorKind.TRANSIENT, "closed")));
    assertThat(reopened().offsets("readers"))
        .hasSize(PARTITIONS)
        .containsEntry(TOPIC.partition(7), committed);
  }

  @Test
  void nothingIsCommittedAnyMoreWhenNobodyKnowsWhichFileIsThere() throws IOException {
    disk.fault = FaultyDisk.failing(Op.FORCE_DIRECTORY, directory.getFileName().toString());
    while (groups.healthy()) {
      commit();
    }
    Await.fails(ErrorKind.LOG_FAILED, () -> groups.commit("readers", Map.of()));
    disk.fault = FaultyDisk.NONE;
    assertThat(reopened().offsets("readers")).containsEntry(TOPIC.partition(7), committed);
  }
}
