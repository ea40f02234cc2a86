package io.thermocline.hot.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupOffsetsFileTest {
  private static final TopicPartition PARTITION =
      new TopicId(new UUID(1, 2), "orders").partition(0);

  @TempDir Path directory;

  /** What the writing thread has to do. */
  private final Queue<Runnable> chores = new ArrayDeque<>();

  private GroupOffsetsFile open() throws IOException {
    return GroupOffsetsFile.open(
        new LocalDisk(), directory.resolve("groups"), chores::add, topic -> true, partition -> {});
  }

  private void write() {
    while (!chores.isEmpty()) {
      chores.remove().run();
    }
  }

  private static void close(GroupOffsetsFile groups) {
    Await.result(groups.close(new ThermoclineException(ErrorKind.FAILED_PRECONDITION, "closed")));
  }

  private static CompletableFuture<Void> commit(GroupOffsetsFile groups, int group, long offset) {
    return groups.commit("group-" + group, Map.of(PARTITION, offset));
  }

  private void assertRefused(GroupOffsetsFile groups, int group) {
    CompletableFuture<Void> refused = commit(groups, group, 1);
    write();
    Await.fails(ErrorKind.EXHAUSTED, () -> refused);
  }

  @Test
  void theLimitHoldsForGroupsThatWaitToBeWrittenToo() throws IOException {
    GroupOffsetsFile groups = open();
    for (int group = 0; group < 9_999; group++) {
      CompletableFuture<Void> unused = commit(groups, group, 1);
    }
    write();
    CompletableFuture<Void> last = commit(groups, 9_999, 1);
    CompletableFuture<Void> refused = commit(groups, 10_000, 1);
    CompletableFuture<Void> lastAgain = commit(groups, 9_999, 2);
    CompletableFuture<Void> known = commit(groups, 0, 2);
    write();

    Await.result(last);
    Await.result(lastAgain);
    Await.result(known);
    Await.fails(ErrorKind.EXHAUSTED, () -> refused);
    assertThat(groups.offsets("group-10000")).isEmpty();
    assertThat(groups.offsets("group-9999")).containsEntry(PARTITION, 2L);
    close(groups);
  }

  @Test
  void groupsAreLimitedAndThoseThatThereAreGoOn() throws IOException {
    GroupOffsetsFile groups = open();
    for (int group = 0; group < 10_000; group++) {
      CompletableFuture<Void> unused = commit(groups, group, 1);
    }
    write();
    assertThat(groups.offsets("group-9999")).containsEntry(PARTITION, 1L);
    assertRefused(groups, 10_000);
    close(groups);

    GroupOffsetsFile again = open();
    assertRefused(again, 10_000);
    assertThat(again.offsets("group-10000")).isEmpty();
    CompletableFuture<Void> known = commit(again, 0, 2);
    write();
    Await.result(known);
    assertThat(again.offsets("group-0")).containsEntry(PARTITION, 2L);
    close(again);
  }
}
