package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.testkit.FaultyHotTier.Call;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** With nothing scheduled the decorator is the tier itself; else the faults are as ordered. */
class FaultyHotTierTest implements HotTierContract {
  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final FaultSchedule<Call> faults = new FaultSchedule<>();
  private final MemoryHotTier real = new MemoryHotTier(topics, clock);
  private final FaultyHotTier hot = new FaultyHotTier(real, faults);

  @Override
  public HotTier hot() {
    return hot;
  }

  @Override
  public TopicRegistry topics() {
    return topics;
  }

  @Override
  public ManualClock clock() {
    return clock;
  }

  @Override
  public void producerReached(TopicPartition id, ProducerSequence next) {
    real.producerReached(id, next);
  }

  @Test
  void anAppendThatFailsBeforeItsEffectStoresNothing() {
    TopicPartition id = newPartition();
    faults.failBefore(Call.APPEND, 1, ErrorKind.EXHAUSTED);

    Await.fails(ErrorKind.EXHAUSTED, () -> append(id));

    assertThat(hot.state(id).end()).isZero();
    assertThat(Await.result(append(id)).baseOffset()).isZero();
  }

  @Test
  void anAppendThatFailsAfterItsEffectIsStored() {
    TopicPartition id = newPartition();
    faults.failAfter(Call.APPEND, 1);

    Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> append(id));

    assertThat(hot.state(id).end()).isEqualTo(1);
  }

  @Test
  void aHeldTrimGoesOnWhenItsGateOpens() {
    TopicPartition id = newPartition();
    long end = appendPlain(id, 3);
    Await.result(hot.seal(id));
    FaultSchedule.Gate gate = faults.hold(Call.TRIM);
    CompletableFuture<Long> trimming = hot.trim(id, end);
    gate.awaitReached();
    assertThat(hot.state(id).hotStart()).isZero();

    gate.open();

    assertThat(Await.result(trimming)).isEqualTo(end);
    assertThat(hot.state(id).hotStart()).isEqualTo(end);
  }

  private CompletableFuture<Appended> append(TopicPartition id) {
    return hot.append(id, TestBatches.content(StoredRecord.of(0, 0, "key", "value")));
  }
}
