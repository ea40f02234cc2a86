package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ReadResult;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedHotTierTest {
  @TempDir Path directory;

  @Test
  void whatWasAppendedIsReadAlsoAfterARestart() {
    try (TierHarness hot = new TierHarness(directory)) {
      assertThat(hot.append("a", "b")).isZero();
      assertThat(hot.append("c")).isEqualTo(2);
      assertThat(hot.readAll(0)).containsExactly("0:a", "1:b", "2:c");
      hot.restart();
      assertThat(hot.readAll(0)).containsExactly("0:a", "1:b", "2:c");
      assertThat(hot.append("d")).isEqualTo(3);
      assertThat(hot.readAll(2)).containsExactly("2:c", "3:d");
      assertThat(hot.read(4)).isEqualTo(new ReadResult.AtEnd(4));
    }
  }

  @Test
  void manyPartitionsMayGetTheirFirstBatchAtOnce() {
    try (TierHarness hot = new TierHarness(directory)) {
      for (int round = 0; round < 10; round++) {
        Topic topic = hot.tier.topics().create("wide" + round, 32);
        List<CompletableFuture<Appended>> first =
            topic.partitions().map(id -> hot.tier.append(id, Batches.of("a"))).toList();
        first.forEach(append -> assertThat(append.join().baseOffset()).isZero());
      }
    }
  }

  @Test
  void partitionsOfAllTopicsTogetherAreLimited() {
    try (TierHarness hot = new TierHarness(directory)) {
      Topic wide = hot.tier.topics().create("wide", 9_000);
      // With the one of "orders" these would be 10,001.
      Await.throwsKind(ErrorKind.EXHAUSTED, () -> hot.tier.topics().create("more", 1_000));
      assertThat(hot.tier.topics().find("more")).isEmpty();
      Await.throwsKind(
          ErrorKind.EXHAUSTED, () -> hot.tier.topics().growPartitions(wide.id(), 10_000));
      assertThat(hot.tier.topics().require("wide").partitionCount()).isEqualTo(9_000);
      hot.tier.topics().create("more", 999);
      Await.throwsKind(
          ErrorKind.EXHAUSTED, () -> hot.tier.topics().growPartitions(hot.id.topic(), 2));
      hot.restart();
      Await.throwsKind(ErrorKind.EXHAUSTED, () -> hot.tier.topics().create("one-more", 1));
      assertThat(hot.append("a")).isZero();
    }
  }

  @Test
  void aTopicThatGrowsTwiceAtOnceKeepsWhatItsNewPartitionsTook() {
    FaultyDisk disk = new FaultyDisk();
    try (TierHarness hot = new TierHarness(directory, disk)) {
      TopicPartition grown = new TopicPartition(hot.id.topic(), 2);
      AtomicInteger writes = new AtomicInteger();
      disk.fault =
          (op, path) -> {
            if (op == FaultyDisk.Op.RENAME && path.endsWith("metadata")) {
              if (writes.incrementAndGet() == 1) {
                Await.until("the other one waits", EmbeddedHotTierTest::aChoreIsBlocked);
              } else {
                Await.until("what the first one made is open", () -> isOpen(hot, grown));
                assertThat(Await.result(hot.tier.append(grown, Batches.of("a"))).baseOffset())
                    .isZero();
              }
            }
          };
      CompletableFuture<Topic> toFour =
          CompletableFuture.supplyAsync(() -> hot.tier.topics().growPartitions(hot.id.topic(), 4));
      Await.until("the first one is at it", () -> writes.get() == 1);
      Topic six = hot.tier.topics().growPartitions(hot.id.topic(), 6);
      assertThat(Await.result(toFour).partitionCount()).isEqualTo(4);
      assertThat(six.partitionCount()).isEqualTo(6);

      assertThat(hot.tier.state(grown).end()).isEqualTo(1);
      assertThat(Await.result(hot.tier.append(grown, Batches.of("b"))).baseOffset()).isEqualTo(1);
    }
  }

  private static boolean aChoreIsBlocked() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(
            thread ->
                thread.getName().startsWith("hot-chore")
                    && thread.getState() == Thread.State.BLOCKED);
  }

  private static boolean isOpen(TierHarness hot, TopicPartition id) {
    try {
      return hot.tier.state(id).end() >= 0;
    } catch (ThermoclineException notYet) {
      return false;
    }
  }

  @Test
  void aFollowerIsWokenOnceTheEndMoved() {
    try (TierHarness hot = new TierHarness(directory)) {
      CompletableFuture<Long> follower = hot.tier.awaitBeyond(hot.id, 0);
      assertThat(follower).isNotDone();
      hot.append("a");
      assertThat(follower.join()).isEqualTo(1);
    }
  }

  @Test
  void aFollowerReadsEachByteOnce() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (TierHarness hot = new TierHarness(directory, disk)) {
      long before = disk.readBytes.get();
      for (int batch = 0; batch < 300; batch++) {
        hot.append(Batches.padded(1_000, batch));
        assertThat(hot.read(batch)).isInstanceOf(ReadResult.Progress.class);
      }
      long stored = Files.size(RecoveryTest.logFile(directory));
      assertThat(disk.readBytes.get() - before).isEqualTo(stored);
    }
  }

  @Test
  void aLittleAtTheEndIsReadOnTheCallersThread() {
    FaultyDisk disk = new FaultyDisk();
    try (TierHarness hot = new TierHarness(directory, disk)) {
      for (int batch = 0; batch < 200; batch++) {
        hot.append(Batches.padded(1_000, batch));
      }
      hot.read(190);
      assertThat(disk.reader).isEqualTo(Thread.currentThread());
      hot.read(100);
      assertThat(disk.reader).as("too far back").isNotEqualTo(Thread.currentThread());
      hot.append(Batches.padded(100_000, 200));
      hot.read(200);
      assertThat(disk.reader).as("too much").isNotEqualTo(Thread.currentThread());
      hot.restart();
      hot.append("a");
      hot.read(200);
      assertThat(disk.reader).as("written before").isNotEqualTo(Thread.currentThread());
    }
  }

  @Test
  void sealedSegmentsAreTrimmedWhole() {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.append("a", "b");
      hot.tier.seal(hot.id).join();
      hot.append("c");
      assertThat(hot.tier.trim(hot.id, 1).join()).isZero();
      assertThat(hot.tier.trim(hot.id, 2).join()).isEqualTo(2);
      assertThat(hot.read(0)).isEqualTo(new ReadResult.BeforeStart(2));
      assertThat(hot.readAll(2)).containsExactly("2:c");
      hot.restart();
      assertThat(hot.read(0)).isEqualTo(new ReadResult.BeforeStart(2));
      assertThat(hot.readAll(2)).containsExactly("2:c");
    }
  }
}
