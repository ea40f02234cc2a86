package io.thermocline.client.consumer;

import static io.thermocline.client.consumer.TestConsumer.NOW;
import static io.thermocline.client.consumer.TestConsumer.SOON;
import static io.thermocline.client.consumer.TestConsumer.awaitStream;
import static io.thermocline.client.consumer.TestConsumer.offsets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.TopicPartitions;
import io.thermocline.model.Tier;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.testkit.ManualNanos;
import io.thermocline.testkit.Records;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ConsumerTest {
  private static final PartitionName P0 = new PartitionName("t", 0);

  private final FakeFetchServer server = new FakeFetchServer();

  @Test
  void recordsComeOnceAndInOrderOverALostConnection() {
    Consumer consumer = reading(Start.earliest());
    server.answer(server.records(0, 3));
    server.answer(server.records(3, 5));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L, 1L, 2L);

    server.drop();
    assertThat(offsets(consumer.poll(SOON))).as("what had come is kept").containsExactly(3L, 4L);
    awaitStream(server, consumer, 2);
    assertThat(server.add(0).getStart().getOffset()).isEqualTo(5);
    server.answer(server.records(4, 7));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(5L, 6L);
  }

  @Test
  void recordsBeforeTheStartAndFromTheEndOnAreLeftOut() {
    Consumer consumer = consumer(options());
    consumer.assign(P0, Start.offset(4), 7);
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(server.add(0).getEndOffset()).isEqualTo(7);
    server.answer(server.records(0, 10).setDone(true));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(4L, 5L, 6L);
    assertThat(consumer.isDone()).isTrue();
    assertThat(consumer.iterator().hasNext()).isFalse();
  }

  @Test
  void aStartByTimeBeginsAtItsRecordInsideTheFirstBatchAndKeepsEarlierTimesAfterIt() {
    Consumer consumer = reading(Start.timestamp(Instant.ofEpochMilli(Records.NOON + 20)));
    io.thermocline.model.RecordBatch first =
        io.thermocline.testkit.TestBatches.batch(
            io.thermocline.model.Compression.ZSTD,
            5,
            Records.timed(10, Records.NOON, Records.NOON + 30, Records.NOON + 1));
    io.thermocline.model.RecordBatch second =
        io.thermocline.testkit.TestBatches.batch(
            io.thermocline.model.Compression.LZ4, 5, Records.timed(13, Records.NOON));
    server.answer(
        server
            .heartbeat(14)
            .addBatches(FakeFetchServer.wire(first))
            .addBatches(FakeFetchServer.wire(second)));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(11L, 12L, 13L);
  }

  @Test
  void aStartAtTheEndIsKnownFromTheFirstHeartbeatOn() {
    Consumer consumer = reading(Start.latest());
    server.answer(server.heartbeat(42));
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(consumer.progress(P0))
        .isEqualTo(new PartitionProgress(OptionalLong.of(42), 0, 100, true, false));
    server.drop();
    awaitStream(server, consumer, 2);
    assertThat(server.add(0).getStart().getOffset()).isEqualTo(42);
  }

  @ParameterizedTest
  @MethodSource("starts")
  void pausingBeforeTheFirstRecordIsHandedOutLosesNone(Start start) {
    Consumer consumer = reading(start);
    server.answer(server.records(5, 8));
    Iterator<ConsumerRecord> records = consumer.iterator();
    assertThat(records.hasNext()).isTrue();
    consumer.pause(P0);
    assertThat(consumer.poll(NOW)).isEmpty();
    consumer.resume(P0);
    FetchRequest seek =
        server.received.stream().filter(FetchRequest::hasSeek).findFirst().orElseThrow();
    assertThat(seek.getSeek().getStart().hasLatest()).as("that moves on").isFalse();
    server.answer(server.records(5, 8));
    assertThat(records.next().offset()).isEqualTo(5);
  }

  static List<Start> starts() {
    return List.of(Start.earliest(), Start.latest(), Start.timestamp(Instant.ofEpochMilli(0)));
  }

  @Test
  void aSeekThatFailsChangesNothing() {
    Consumer consumer = consumer(options().withBufferBytes(64 << 10));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 1_500));
    Iterator<ConsumerRecord> records = consumer.iterator();
    assertThat(records.next().offset()).isZero();
    assertThatThrownBy(() -> consumer.seek(P0, Start.committedOr(Start.latest())))
        .isInstanceOf(IllegalStateException.class);
    assertThat(records.hasNext()).isTrue();
    assertThat(records.next().offset()).isEqualTo(1);
    assertThat(consumer.poll(NOW)).hasSize(1_498);
    assertThat(server.granted()).isGreaterThan(16 << 10);
  }

  @Test
  void partitionsAreAssignedAllOrNone() {
    Consumer consumer =
        consumer(options(), new TopicPartitions(topic -> 3, System::nanoTime, Runnable::run));
    PartitionName p2 = new PartitionName("t", 2);
    consumer.assign(p2, Start.earliest());
    assertThatThrownBy(() -> consumer.subscribe("t", Start.earliest()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(consumer.assignment()).containsExactly(p2);
  }

  @Test
  void aPausedPartitionIsNotHandedOut() {
    Consumer consumer = reading(Start.earliest());
    server.answer(server.records(0, 2));
    consumer.pause(P0);
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(server.received).anyMatch(FetchRequest::hasPause);
    consumer.resume(P0);
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L, 1L);
  }

  @Test
  void pausingInTheMiddleOfAnIterationGoesOnAtTheSameRecord() {
    Consumer consumer = reading(Start.earliest());
    server.answer(server.records(0, 3));
    Iterator<ConsumerRecord> records = consumer.iterator();
    assertThat(records.next().offset()).isZero();
    consumer.pause(P0);
    assertThat(consumer.poll(NOW)).isEmpty();
    consumer.resume(P0);
    server.answer(server.records(0, 3));
    assertThat(records.next().offset()).isEqualTo(1);
  }

  @Test
  void thePlaceIsAfterTheRecordThatWasHandedOut() {
    Consumer consumer = reading(Start.earliest());
    server.answer(server.records(0, 3));
    Iterator<ConsumerRecord> records = consumer.iterator();
    ConsumerRecord first = records.next();
    assertThat(first.tier()).isEqualTo(Tier.COLD);
    assertThat(first.valueText()).isEqualTo("value-0");
    server.answer(server.heartbeat(3));
    assertThat(consumer.progress(P0).position()).hasValue(1);
    assertThat(consumer.progress(P0).caughtUp()).isFalse();
    records.next();
    records.next();
    assertThat(consumer.progress(P0).position()).hasValue(3);
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(consumer.progress(P0).caughtUp()).isTrue();
  }

  @Test
  void aFollowerReadsPartitionsThatATopicGrows() {
    ManualNanos time = new ManualNanos();
    AtomicInteger count = new AtomicInteger(1);
    Consumer consumer =
        consumer(options(), new TopicPartitions(topic -> count.get(), time, Runnable::run));
    consumer.subscribe("t", Start.latest());
    count.set(3);
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(consumer.assignment()).hasSize(1);
    time.pass(Duration.ofMinutes(1));
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(consumer.assignment()).hasSize(3);
    assertThat(server.add(0).getStart().hasLatest()).isTrue();
    assertThat(server.add(2).getStart().hasEarliest()).as("nothing of it may be missed").isTrue();
  }

  @Test
  void wakingUpEndsAnIteration() {
    Consumer consumer = reading(Start.earliest());
    consumer.wakeUp();
    assertThat(consumer.iterator().hasNext()).isFalse();
  }

  @Test
  void closingClosesItsConnection() {
    reading(Start.earliest()).close();
    assertThat(server.connectionClosed).isTrue();
  }

  @Test
  void whatWasReadBeforeTheCloseIsStillHandedOut() {
    Consumer consumer = consumer(options().withBufferBytes(64 << 10));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 1_500));
    Iterator<ConsumerRecord> records = consumer.iterator();
    assertThat(records.next().offset()).isZero();
    consumer.close();
    for (long offset = 1; offset < 1_500; offset++) {
      assertThat(records.next().offset()).isEqualTo(offset);
    }
    assertThatThrownBy(records::hasNext).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aGroupIsNeededToCommit() {
    Consumer consumer = reading(Start.earliest());
    assertThatThrownBy(consumer::commit).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> consumer.seek(P0, Start.committedOr(Start.latest())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void batchesAreHandedOutWhole() {
    Consumer consumer = reading(Start.offset(1));
    server.answer(server.records(0, 3));
    List<Long> offsets = new ArrayList<>();
    consumer
        .pollBatches(SOON)
        .forEach(batch -> batch.forEachRecord(record -> offsets.add(record.offset())));
    assertThat(offsets).containsExactly(1L, 2L);
    assertThat(consumer.progress(P0).position()).hasValue(3);
  }

  @Test
  void aWaitMayBeAsLongAsADurationIs() {
    Consumer consumer = reading(Start.earliest());
    server.answer(server.records(0, 1));
    assertThat(offsets(consumer.poll(ChronoUnit.FOREVER.getDuration()))).containsExactly(0L);
    server.answer(server.records(1, 2));
    assertThat(consumer.pollBatches(Duration.ofMillis(Long.MAX_VALUE))).hasSize(1);
  }

  private static ConsumerOptions options() {
    return ConsumerOptions.defaults();
  }

  private Consumer consumer(ConsumerOptions options) {
    return consumer(options, new TopicPartitions(topic -> 1, System::nanoTime, Runnable::run));
  }

  private Consumer consumer(ConsumerOptions options, TopicPartitions topics) {
    return TestConsumer.of(server, options, System::nanoTime, topics);
  }

  private Consumer reading(Start start) {
    return TestConsumer.reading(server, start);
  }
}
