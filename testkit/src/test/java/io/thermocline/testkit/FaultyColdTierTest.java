package io.thermocline.testkit;

import static io.thermocline.testkit.ColdTierSubject.move;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.FaultyColdTier.Call;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With nothing scheduled the decorator is the tier itself; else the faults are as ordered. */
class FaultyColdTierTest implements ColdTierContract {
  private final FaultSchedule<Call> faults = new FaultSchedule<>();
  private final FaultyColdTier cold = new FaultyColdTier(new MemoryColdTier(), faults);

  @Override
  public ColdTier cold() {
    return cold;
  }

  @Override
  public boolean givesLocalFiles() {
    return false;
  }

  @Test
  void aCommitThatFailsBeforeItsEffectHasNone() {
    TopicPartition id = newPartition();
    faults.failBefore(Call.COMMIT, 1);

    Await.throwsKind(ErrorKind.TRANSIENT, () -> tier(id, Records.plain(0, 5)));

    assertThat(partition(id).tieredTo()).isZero();
    tier(id, Records.plain(0, 5));
    assertThat(partition(id).tieredTo()).isEqualTo(5);
  }

  @Test
  void aCommitThatFailsAfterItsEffectHasIt() {
    TopicPartition id = newPartition();
    faults.failAfter(Call.COMMIT, 1);

    Await.throwsKind(ErrorKind.OUTCOME_UNKNOWN, () -> tier(id, Records.plain(0, 5)));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 5));
    assertThat(faults.met()).isEqualTo(1);
  }

  @Test
  void aReadMayFailWithAnyKind() {
    TopicPartition id = newPartition();
    faults.failBefore(Call.READ, 2, ErrorKind.CORRUPT);

    Await.throwsKind(ErrorKind.CORRUPT, () -> cold.read(id, 0, 100));
    Await.throwsKind(ErrorKind.CORRUPT, () -> cold.read(id, 0, 100));
    assertThat(readAll(id, 0, 100)).isEmpty();
  }

  @Test
  void aHeldCallGoesOnWhenItsGateOpens() {
    TopicPartition id = newPartition();
    FaultSchedule.Gate gate = faults.hold(Call.WRITE);
    CompletableFuture<ColdTopic> tiering =
        CompletableFuture.supplyAsync(() -> tier(id, Records.plain(0, 5)));
    gate.awaitReached();
    assertThat(tiering.isDone()).isFalse();
    assertThat(partition(id).tieredTo()).isZero();

    gate.open();

    assertThat(Await.result(tiering).partition(0).tieredTo()).isEqualTo(5);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  void whoRepeatsTheSameCommitUntilItIsAnsweredStoresEachRecordOnce(long seed) {
    TopicPartition id = newPartition();
    faults.failAtRandom(seed, 2);
    for (long from = 0; from < 100; from += 10) {
      OffsetRange range = new OffsetRange(from, from + 10);
      ColdFile file = repeated(() -> write(id, range, Records.plain(range.from(), 10)));
      ColdCommit commit =
          new ColdCommit(UUID.randomUUID(), List.of(move(id, range.from(), range.to(), file)));
      ColdTopic after = repeated(() -> cold.commit(id.topic(), commit));
      assertThat(after.partition(0).tieredTo()).isEqualTo(range.to());
    }
    faults.clear();

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 100));
    assertThat(faults.met()).isPositive();
  }

  private <T> T repeated(Supplier<T> call) {
    while (true) {
      try {
        return call.get();
      } catch (ThermoclineException again) {
        assertThat(again.kind()).isIn(ErrorKind.TRANSIENT, ErrorKind.OUTCOME_UNKNOWN);
        assertThat(faults.met()).isLessThan(1_000);
      }
    }
  }
}
