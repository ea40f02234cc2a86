package io.thermocline.client.producer;

import static java.lang.Long.MAX_VALUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.record.PartitionName;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Compression;
import io.thermocline.testkit.ManualNanos;
import java.time.Duration;
import java.util.Collections;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AccumulatorTest {
  private static final PartitionName P0 = new PartitionName("t", 0);

  private final ManualNanos time = new ManualNanos();
  private final AtomicInteger wakes = new AtomicInteger();
  private final StickyPartitions sticky = new StickyPartitions(new SplittableRandom(1));
  private final Accumulator accumulator =
      new Accumulator(
          ProducerOptions.defaults().withBatchBytes(1_000).withLinger(Duration.ofMillis(5)),
          new BatchMaker(Compression.NONE),
          time,
          sticky,
          wakes::incrementAndGet,
          () -> false);

  @Test
  void aBatchIsDueOnceItLingered() {
    add(10);
    assertThat(wakes).as("the sender has to know when to look").hasValue(1);
    assertThat(accumulator.take(AccumulatorTest::nowhere)).isEmpty();
    assertThat(accumulator.nanosUntilDue()).isEqualTo(Duration.ofMillis(5).toNanos());

    time.pass(Duration.ofMillis(3));
    add(10);
    assertThat(accumulator.take(AccumulatorTest::nowhere)).isEmpty();
    time.pass(Duration.ofMillis(2));
    assertThat(accumulator.take(AccumulatorTest::nowhere))
        .singleElement()
        .satisfies(batch -> assertThat(batch.count()).isEqualTo(2));
  }

  @Test
  void whatIsDueStaysOpenWhileItsPartitionWaits() {
    add(10);
    time.pass(Duration.ofMillis(5));
    assertThat(accumulator.take(partition -> true)).isEmpty();
    assertThat(accumulator.nanosUntilDue()).as("the clock changes nothing").isEqualTo(MAX_VALUE);
    add(10);
    assertThat(accumulator.takeParked(P0))
        .hasValueSatisfying(batch -> assertThat(batch.count()).isEqualTo(2));
    assertThat(accumulator.takeParked(P0)).isEmpty();
    assertThat(accumulator.take(AccumulatorTest::nowhere)).isEmpty();
  }

  @Test
  void whatStayedOpenIsTakenOnceItIsFullOrAllIs() {
    add(600);
    time.pass(Duration.ofMillis(5));
    assertThat(accumulator.take(partition -> true)).isEmpty();
    add(600);
    assertThat(accumulator.take(partition -> true)).hasSize(1);
    time.pass(Duration.ofMillis(5));
    assertThat(accumulator.take(partition -> true)).isEmpty();
    assertThat(accumulator.flush()).isNotDone();
    assertThat(accumulator.takeAll()).hasSize(1);
  }

  @Test
  void aFullBatchIsDueAtOnceAndTheNextRecordOpensAnother() {
    add(600);
    add(600);
    assertThat(accumulator.take(AccumulatorTest::nowhere)).hasSize(1);
    add(600);
    assertThat(accumulator.take(AccumulatorTest::nowhere)).hasSize(1);
  }

  @Test
  void aRecordLargerThanABatchGoesAlone() {
    add(5_000);
    assertThat(accumulator.take(AccumulatorTest::nowhere))
        .singleElement()
        .satisfies(batch -> assertThat(batch.count()).isEqualTo(1));
  }

  @Test
  void whoFillsABatchMakesItAndWhatWasOnlyDueIsLeftToTheSender() {
    add(600);
    add(600);
    assertThat(accumulator.takeAll())
        .extracting(ProducerBatch::isMade)
        .as("the first was filled by the second record, which is alone")
        .containsExactly(true, false);
  }

  @Test
  void flushWaitsForWhatWasSentBeforeAndNotForLater() {
    add(10);
    ProducerBatch taken = accumulator.takeAll().get(0);
    add(10);
    CompletableFuture<Void> flushed = accumulator.flush();
    ProducerBatch closedByFlush = accumulator.take(AccumulatorTest::nowhere).get(0);
    add(10);
    assertThat(flushed).isNotDone();
    taken.succeed(0, 0);
    assertThat(flushed).isNotDone();
    closedByFlush.succeed(1, 0);
    assertThat(flushed).isCompleted();
  }

  @Test
  void recordsWithoutAKeyMoveOnWhenTheirBatchIsClosed() {
    int first = sticky.partition("t", 1_000);
    assertThat(sticky.partition("t", 1_000)).isEqualTo(first);
    sticky.batchClosed(new PartitionName("t", first + 1));
    assertThat(sticky.partition("t", 1_000)).isEqualTo(first);
    sticky.batchClosed(new PartitionName("t", first));
    assertThat(sticky.partition("t", 1_000)).isNotEqualTo(first);
  }

  @Test
  void aRecordThatCanNotBeAddedLeavesNoBatchBehind() {
    assertThatThrownBy(() -> accumulator.add(P0, 0, null, 42))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(
            () ->
                accumulator.addBatch(
                    P0, 0, Collections.singletonList(null), 42, AppendConditions.NONE))
        .isInstanceOf(NullPointerException.class);
    assertThat(accumulator.flush()).isCompleted();
    assertThat(accumulator.takeAll()).isEmpty();
  }

  @Test
  void nothingIsTakenOnceItIsShut() {
    accumulator.shut();
    assertThatThrownBy(() -> add(10)).isInstanceOf(IllegalStateException.class);
  }

  /** No partition has anything queued. */
  private static boolean nowhere(PartitionName unusedPartition) {
    return false;
  }

  private void add(int bytes) {
    CompletableFuture<RecordMetadata> ignored =
        accumulator.add(P0, 0, ProducerRecord.of("t", null, new byte[bytes]), bytes + 32);
  }
}
