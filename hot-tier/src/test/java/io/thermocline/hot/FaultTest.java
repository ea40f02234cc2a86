package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.codec.BatchLimits;
import io.thermocline.hot.disk.DiskReserve;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultTest {
  @TempDir Path temporary;
  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void aFailedForceFailsTheLogForGoodAndReadingGoesOn() {
    try (TierHarness hot = tier()) {
      hot.append("a");
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.FORCE, ".log");
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.append(hot.id, Batches.of("b")));
      disk.fault = FaultyDisk.NONE;

      Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.append(hot.id, Batches.of("c")));
      Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.seal(hot.id));
      assertThat(hot.tier.healthy()).isFalse();
      assertThat(hot.readAll(0)).containsExactly("0:a");
      assertThat(hot.tier.state(hot.id).end()).isEqualTo(1);
    }
  }

  @Test
  void allOfTheGroupAreUnknownAndThoseBehindItSurelyFailed() {
    try (TierHarness hot = tier()) {
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      disk.fault =
          (op, path) -> {
            gate.before(op, path);
            FaultyDisk.failing(FaultyDisk.Op.FORCE, ".log").before(op, path);
          };
      CompletableFuture<Appended> first = hot.tier.append(hot.id, Batches.of("a"));
      gate.awaitReached();
      CompletableFuture<Void> seal = hot.tier.seal(hot.id);
      CompletableFuture<Appended> second = hot.tier.append(hot.id, Batches.of("b"));
      gate.open();
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> first);
      Await.fails(ErrorKind.LOG_FAILED, () -> seal);
      Await.fails(ErrorKind.LOG_FAILED, () -> second);
      assertThat(hot.files()).containsExactly("00000000000000000000.log");
    }
  }

  @Test
  void afterARestartTheLogTakesAppendsAgain() {
    try (TierHarness hot = tier()) {
      hot.append("a");
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.WRITE, ".log");
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.append(hot.id, Batches.of("b")));
      disk.fault = FaultyDisk.NONE;
      hot.restart();
      assertThat(hot.append("c")).isEqualTo(1);
      assertThat(hot.readAll(0)).containsExactly("0:a", "1:c");
    }
  }

  @Test
  void aFailedLogHurtsNoOther() {
    try (TierHarness hot = tier()) {
      TopicPartition other = hot.tier.topics().create("payments", 1).partition(0);
      disk.fault =
          (op, path) -> {
            if (op == FaultyDisk.Op.WRITE && path.toString().contains("orders")) {
              throw new IOException("injected");
            }
          };
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.append(hot.id, Batches.of("a")));
      assertThat(Await.result(hot.tier.append(other, Batches.of("b"))).baseOffset()).isZero();
    }
  }

  @Test
  void anErrorOnTheWayToTheDiskFailsTheLogAndLeavesNobodyWithoutAnAnswer() {
    try (TierHarness hot = tier()) {
      TopicPartition other = hot.tier.topics().create("payments", 1).partition(0);
      hot.append("a");
      Waiting.on(hot.tier.append(other, Batches.of("a")));
      disk.fault =
          (op, path) -> {
            String failing = op == FaultyDisk.Op.CREATE ? "payments" : "orders";
            if (path.toString().contains(failing)) {
              throw new OutOfMemoryError("injected");
            }
          };
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.append(hot.id, Batches.of("b")));
      Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.append(hot.id, Batches.of("c")));
      Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.seal(other));
      Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.append(other, Batches.of("d")));
      assertThat(hot.tier.healthy()).isFalse();
    }
  }

  @Test
  void anErrorOnTheWayFromTheDiskLeavesNoReaderWithoutAnAnswer() {
    try (TierHarness hot = tier()) {
      hot.append("a");
      Await.result(hot.tier.seal(hot.id));
      disk.openedToRead =
          file -> {
            throw new OutOfMemoryError("injected");
          };
      assertThat(hot.tier.read(hot.id, 0, 1 << 20))
          .failsWithin(Await.DEADLINE)
          .withThrowableThat()
          .withCauseInstanceOf(OutOfMemoryError.class);
      disk.openedToRead = file -> {};
      assertThat(hot.readAll(0)).containsExactly("0:a");
    }
  }

  @Test
  void anErrorInTheGroupsFileFailsThatAndLeavesNoCommitWithoutAnAnswer() {
    try (TierHarness hot = tier()) {
      disk.fault =
          (op, path) -> {
            if (op == FaultyDisk.Op.FORCE && path.toString().contains("groups")) {
              throw new OutOfMemoryError("injected");
            }
          };
      Map<TopicPartition, Long> offsets = Map.of(hot.id, 0L);
      Await.fails(
          ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.groupOffsets().commit("group", offsets));
      Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.groupOffsets().commit("group", offsets));
      assertThat(hot.tier.healthy()).isFalse();
    }
  }

  @Test
  void aSlowForceDelaysNoOtherPartition() {
    try (TierHarness hot = tier()) {
      TopicPartition other = hot.tier.topics().create("payments", 1).partition(0);
      Gate gate = new Gate(path -> path.toString().contains("orders"));
      disk.fault = gate;
      CompletableFuture<Appended> slow = hot.tier.append(hot.id, Batches.of("a"));
      gate.awaitReached();
      for (int i = 0; i < 5; i++) {
        assertThat(Await.result(hot.tier.append(other, Batches.of("b"))).baseOffset()).isEqualTo(i);
      }
      assertThat(slow).isNotDone();
      gate.open();
      assertThat(Await.result(slow).baseOffset()).isZero();
    }
  }

  @Test
  void slowForcesDelayTrimsOfTheirLogsAndNoOtherChore() {
    try (TierHarness hot = tier()) {
      Topic topic = hot.tier.topics().create("payments", 3);
      for (TopicPartition id : topic.partitions().toList()) {
        Waiting.on(hot.tier.append(id, Batches.of("a")));
        Waiting.on(hot.tier.seal(id));
        Waiting.on(hot.tier.append(id, Batches.of("b")));
      }
      List<CompletableFuture<?>> slow = new ArrayList<>();
      List<Gate> gates = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        String directory = "/" + i + "/";
        gates.add(new Gate(path -> path.toString().contains(directory)));
      }
      disk.fault =
          (op, path) -> {
            for (Gate gate : gates) {
              gate.before(op, path);
            }
          };
      for (int i = 0; i < 2; i++) {
        slow.add(hot.tier.append(topic.partition(i), Batches.of("c")));
        gates.get(i).awaitReached();
        slow.add(hot.tier.trim(topic.partition(i), 1));
        slow.add(hot.tier.advanceLogStart(topic.partition(i), 2));
      }
      try {
        assertThat(Await.result(hot.tier.trim(topic.partition(2), 1))).isEqualTo(1);
        assertThat(Await.result(hot.tier.advanceLogStart(topic.partition(2), 2))).isEqualTo(2);
      } finally {
        gates.forEach(Gate::open);
      }
      slow.forEach(Await::result);
      assertThat(hot.tier.state(topic.partition(0)).hotStart()).isEqualTo(2);
    }
  }

  @Test
  void appendsThatWaitTogetherShareOneForceAndNothingIsSeenBeforeIt() {
    try (TierHarness hot = tier()) {
      hot.append("x");
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      disk.fault = gate;
      List<CompletableFuture<Appended>> all = new ArrayList<>();
      all.add(hot.tier.append(hot.id, Batches.of("a")));
      gate.awaitReached();
      for (int i = 0; i < 50; i++) {
        all.add(hot.tier.append(hot.id, Batches.of("b")));
      }
      assertThat(hot.tier.state(hot.id).end()).isEqualTo(1);
      assertThat(all).noneMatch(CompletableFuture::isDone);
      AtomicInteger forces = new AtomicInteger();
      disk.fault =
          (op, path) -> {
            if (op == FaultyDisk.Op.FORCE && path.toString().endsWith(".log")) {
              forces.incrementAndGet();
            }
          };
      gate.open();
      all.forEach(Await::result);
      assertThat(forces).hasValue(1);
      assertThat(hot.tier.state(hot.id).end()).isEqualTo(52);
    }
  }

  @Test
  void moreThanMayWaitIsRefusedUntilAForceHasMadeRoom() {
    try (TierHarness hot = tier()) {
      TopicPartition other = hot.tier.topics().create("payments", 1).partition(0);
      hot.stop();
      hot.settings = waitingAtMost(4_000, hot.settings);
      hot.open();
      BatchContent batch = Batches.padded(1_000, 1);
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      disk.fault = gate;
      List<CompletableFuture<Appended>> taken = new ArrayList<>();
      taken.add(hot.tier.append(hot.id, batch));
      gate.awaitReached();
      taken.add(hot.tier.append(hot.id, batch));
      Await.fails(ErrorKind.EXHAUSTED, () -> hot.tier.append(hot.id, batch));
      Await.fails(ErrorKind.EXHAUSTED, () -> hot.tier.append(other, batch));
      assertThat(taken).noneMatch(CompletableFuture::isDone);
      gate.open();
      taken.forEach(Await::result);
      assertThat(hot.append(batch)).isEqualTo(2);
      assertThat(Await.result(hot.tier.append(other, batch)).baseOffset()).isZero();
    }
  }

  private static HotSettings waitingAtMost(int bytes, HotSettings settings) {
    return new HotSettings(
        settings.directory(),
        settings.minFreeBytes(),
        new BatchLimits(bytes, bytes, bytes),
        settings.segmentLimits(),
        settings.forceThreads(),
        settings.readThreads(),
        settings.maxOpenFiles(),
        bytes,
        settings.maxPartitions(),
        settings.journalBytes(),
        settings.journalMinLogs(),
        settings.producers());
  }

  @Test
  void appendsAreRefusedAtTheReserveAndGoOnWhenThereIsRoom() {
    HotSettings settings = HotSettings.in(temporary.resolve("full")).withMinFreeBytes(1000);
    DiskReserve reserve = new DiskReserve(disk, settings.directory(), 1000);
    disk.usableBytes = 999;
    reserve.look();
    Await.throwsKind(ErrorKind.EXHAUSTED, reserve::check);
    disk.usableBytes = 1000;
    reserve.look();
    reserve.check();
  }

  @Test
  void aTierOnAFullDiskServesReadsAndRefusesAppends() {
    try (TierHarness hot = tier()) {
      hot.append("a");
      hot.stop();
      disk.usableBytes = 10;
      hot.settings = hot.settings.withMinFreeBytes(1000);
      hot.open();
      Await.fails(ErrorKind.EXHAUSTED, () -> hot.tier.append(hot.id, Batches.of("b")));
      assertThat(hot.readAll(0)).containsExactly("0:a");
      assertThat(hot.tier.healthy()).isTrue();
    }
  }

  @Test
  void metadataThatCouldNotBeWrittenChangesNothing() {
    try (TierHarness hot = tier()) {
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.WRITE, "metadata.new");
      Await.throwsKind(ErrorKind.EXHAUSTED, () -> hot.tier.topics().create("payments", 1));
      disk.fault = FaultyDisk.NONE;
      assertThat(hot.tier.topics().find("payments")).isEmpty();
      assertThat(hot.tier.topics().create("payments", 1).partitionCount()).isEqualTo(1);
    }
  }

  @Test
  void metadataOfUnknownOutcomeIsNotTouchedAgain() {
    try (TierHarness hot = tier()) {
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.RENAME, "metadata");
      Await.throwsKind(ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.topics().create("payments", 1));
      disk.fault = FaultyDisk.NONE;
      Await.throwsKind(ErrorKind.LOG_FAILED, () -> hot.tier.topics().create("payments", 1));
      assertThat(hot.tier.healthy()).isFalse();
    }
  }

  @Test
  void whicheverCallFailsWhatWasAcknowledgedIsThereAfterARestart() {
    boolean failed = true;
    for (int step = 1; failed; step++) {
      Path directory = temporary.resolve("step" + step);
      AtomicInteger left = new AtomicInteger(step);
      disk.fault = FaultyDisk.NONE;
      List<String> acknowledged = new ArrayList<>();
      try (TierHarness hot = new TierHarness(directory, disk)) {
        disk.fault =
            (op, path) -> {
              boolean byTheClock =
                  path.endsWith("checkpoint")
                      || path.endsWith("checkpoint.new")
                      || path.endsWith("producers")
                      || path.endsWith("producers.new");
              if (!byTheClock && left.decrementAndGet() == 0) {
                throw new IOException("injected: " + op + " of " + path);
              }
            };
        failed = !script(hot, acknowledged);
        disk.fault = FaultyDisk.NONE;
        hot.restart();
        assertThat(hot.readAll(hot.tier.state(hot.id).hotStart()))
            .as("step %d", step)
            .containsAll(acknowledged);
      }
    }
  }

  /** Whether all of it went well. */
  private static boolean script(TierHarness hot, List<String> acknowledged) {
    boolean well = true;
    for (int i = 0; i < 6; i++) {
      try {
        acknowledged.add(hot.append("v" + i) + ":v" + i);
        if (i % 2 == 1) {
          Await.result(hot.tier.seal(hot.id));
        }
        if (i == 3) {
          Long reached = Await.result(hot.tier.trim(hot.id, 2));
          acknowledged.removeIf(record -> Long.parseLong(record.split(":", 2)[0]) < reached);
        }
      } catch (ThermoclineException expected) {
        well = false;
        acknowledged.removeIf(
            record -> Long.parseLong(record.split(":", 2)[0]) < hot.tier.state(hot.id).hotStart());
      }
    }
    return well;
  }

  private TierHarness tier() {
    return new TierHarness(temporary.resolve("data"), disk);
  }
}
