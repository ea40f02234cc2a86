package io.thermocline.hot;

import static io.thermocline.hot.ProducerBatches.assertRemembered;
import static io.thermocline.hot.ProducerBatches.batch;
import static io.thermocline.hot.ProducerBatches.produce;
import static io.thermocline.hot.ProducerBatches.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is sent again while its original is under way, or has failed. */
class ProducerRepeatTest {
  @TempDir Path temporary;

  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void aRepeatWaitsForItsOriginalAndFailsWithIt() {
    try (TierHarness hot = tier()) {
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      disk.fault = gate;
      CompletableFuture<Appended> first = send(hot, 0);
      gate.awaitReached();
      CompletableFuture<Appended> repeat = send(hot, 0);
      CompletableFuture<Appended> second = send(hot, 1);
      CompletableFuture<Appended> secondAgain = send(hot, 1);
      CompletableFuture<Appended> conflict =
          hot.tier.append(hot.id, batch(), AppendConditions.NONE.expecting(0));
      assertThat(List.of(first, repeat, second, secondAgain, conflict))
          .noneMatch(CompletableFuture::isDone);
      gate.open();

      assertThat(Await.result(repeat)).isEqualTo(Await.result(first));
      assertThat(Await.result(secondAgain)).isEqualTo(Await.result(second));
      assertThat(Await.failure(() -> conflict).details()).containsEntry("next_offset", "2");
    }
  }

  @Test
  void whatAFailedForceLeavesUnknownIsUnknownToItsRepeatsToo() {
    try (TierHarness hot = tier()) {
      Appended durable = Await.result(send(hot, 0));
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      disk.fault =
          (op, path) -> {
            gate.before(op, path);
            FaultyDisk.failing(FaultyDisk.Op.FORCE, ".log").before(op, path);
          };
      CompletableFuture<Appended> original = send(hot, 1);
      gate.awaitReached();
      CompletableFuture<Appended> repeat = send(hot, 1);
      CompletableFuture<Appended> next = send(hot, 2);
      CompletableFuture<Appended> repeatOfDurable = send(hot, 0);
      gate.open();

      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> original);
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> repeat);
      Await.fails(ErrorKind.LOG_FAILED, () -> next);
      assertThat(Await.result(repeatOfDurable)).isEqualTo(durable);
      disk.fault = FaultyDisk.NONE;
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 1));
      Await.fails(ErrorKind.LOG_FAILED, () -> send(hot, 2));
    }
  }

  @Test
  void aRepeatIsToldAlsoWhenTheDiskHasNoRoomForANewBatch() {
    try (TierHarness hot = tier()) {
      List<Appended> places = produce(hot, 0, 2);
      hot.stop();
      hot.settings = hot.settings.withMinFreeBytes(1000);
      disk.usableBytes = 999;
      hot.open();

      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, 2));
      Await.fails(ErrorKind.EXHAUSTED, () -> hot.tier.append(hot.id, batch()));
      assertRemembered(hot, places);
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, hot.id, 43, 1));
      disk.usableBytes = 1000;
      hot.restart();
      Await.result(send(hot, 2));
    }
  }

  @Test
  void aRepeatInTheGroupOfItsOriginalFailsWithIt() {
    try (TierHarness hot = tier()) {
      Gate gate = new Gate(path -> path.toString().endsWith(".log"));
      AtomicInteger forces = new AtomicInteger();
      disk.fault =
          (op, path) -> {
            gate.before(op, path);
            boolean log = path.toString().endsWith(".log");
            if (log && op == FaultyDisk.Op.FORCE && forces.incrementAndGet() > 1) {
              throw new IOException("injected: the second force");
            }
          };
      CompletableFuture<Appended> before = hot.tier.append(hot.id, batch());
      gate.awaitReached();
      CompletableFuture<Appended> original = send(hot, 0);
      CompletableFuture<Appended> repeat = send(hot, 0);
      CompletableFuture<Appended> conflict =
          hot.tier.append(hot.id, batch(), AppendConditions.NONE.expecting(0));
      gate.open();

      assertThat(Await.result(before).baseOffset()).isZero();
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> original);
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> repeat);
      Await.fails(ErrorKind.LOG_FAILED, () -> conflict);
    }
  }

  @Test
  void whatAFailedWriteLeavesUnknownIsUnknownToItsRepeatsToo() {
    try (TierHarness hot = tier()) {
      disk.fault = FaultyDisk.failing(FaultyDisk.Op.WRITE, ".log");
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 0));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 0));
      disk.fault = FaultyDisk.NONE;
      hot.restart();
      assertThat(Await.result(send(hot, 0)).baseOffset()).isZero();
    }
  }

  private TierHarness tier() {
    return new TierHarness(temporary.resolve("data"), disk);
  }
}
