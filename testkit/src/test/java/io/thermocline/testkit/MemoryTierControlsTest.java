package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What tests can make the fakes do that no caller of the ports can. */
class MemoryTierControlsTest implements HotTierSubject {
  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final MemoryHotTier hot = new MemoryHotTier(topics, clock);

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

  @Test
  void gapsAreReadAsProgressWithoutRecords() {
    MemoryHotTier gappy = new MemoryHotTier(topics, clock, Quirks.ALL, Runnable::run);
    TopicPartition id = newPartition();
    Await.result(gappy.append(id, TestBatches.content(StoredRecord.of(0, 0, "k", "v"))));

    assertThat(gappy.state(id).end()).isEqualTo(4);
    assertThat(Await.result(gappy.read(id, 1, 100)))
        .isEqualTo(new ReadResult.Progress(List.of(), 4, List.of()));
  }

  @Test
  void lostRangesAreToldAndNotServed() {
    TopicPartition id = newPartition();
    List<StoredRecord> first = append(id, Records.plain(0, 3));
    append(id, Records.plain(0, 3));
    List<StoredRecord> third = append(id, Records.plain(0, 3));

    hot.lose(id, new OffsetRange(3, 6));

    ReadResult.Progress all = progress(id, 0, 1 << 20);
    assertThat(all.lost()).containsExactly(new OffsetRange(3, 6));
    assertThat(TestBatches.decode(all.batches())).containsAll(first).containsAll(third).hasSize(6);
    assertThat(progress(id, 4, 1 << 20).lost()).containsExactly(new OffsetRange(4, 6));
    assertThat(progress(id, 6, 1 << 20).lost()).isEmpty();
  }

  @Test
  void anotherMayTrimInsideASpan() {
    TopicPartition id = newPartition();
    appendPlain(id, 10);

    hot.trimmedByAnother(id, 4);

    assertThat(hot.state(id).hotStart()).isEqualTo(4);
    assertThat(Await.result(hot.read(id, 3, 100))).isEqualTo(new ReadResult.BeforeStart(4));
    assertThat(readAll(id, 4, 100)).hasSize(6);
  }

  @Test
  void theStableEndAndTheEpochMoveAsTheTestSays() {
    TopicPartition id = newPartition();
    appendPlain(id, 10);

    hot.holdStableEnd(id, 7);
    hot.raiseEpoch(id);

    PartitionState state = hot.state(id);
    assertThat(state.stableEnd()).isEqualTo(7);
    assertThat(state.end()).isEqualTo(10);
    assertThat(state.epoch()).isEqualTo(1);
  }

  @Test
  void aClosedTierIsTransientForEveryone() {
    TopicPartition id = newPartition();
    CompletableFuture<Long> waiting = hot.awaitBeyond(id, 0);

    hot.close();

    Await.fails(ErrorKind.TRANSIENT, () -> waiting);
    Await.fails(ErrorKind.TRANSIENT, () -> hot.read(id, 0, 100));
    Await.throwsKind(ErrorKind.TRANSIENT, () -> hot.state(id));
  }

  @Test
  void aDegradedPartitionStaysReadable() {
    TopicPartition id = newPartition();
    MemoryColdTier cold = new MemoryColdTier();
    ColdTierSubject subject = () -> cold;
    subject.tier(id, Records.plain(0, 5));

    cold.degrade(id, "foreign rows");

    assertThat(subject.partition(id).problem()).contains("foreign rows");
    assertThat(subject.readAll(id, 0, 100)).isEqualTo(Records.plain(0, 5));
    assertThat(cold.filesWritten()).isEqualTo(1);
  }
}
