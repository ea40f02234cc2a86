package io.thermocline.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.TopicPartitions;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.Tier;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.testkit.ManualNanos;
import io.thermocline.testkit.Records;
import java.time.Duration;
import java.time.Instant;
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
  private static final Duration NOW = Duration.ZERO;
  private static final Duration SOON = Duration.ofSeconds(20);

  private final FakeFetchServer server = new FakeFetchServer();

  @Test
  void recordsComeOnceAndInOrderOverALostConnection() {
    Consumer consumer = reading(Start.earliest());
    server.answer(server.records(0, 3));
    server.answer(server.records(3, 5));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L, 1L, 2L);

    server.drop();
    assertThat(offsets(consumer.poll(SOON))).as("what had come is kept").containsExactly(3L, 4L);
    awaitStream(consumer, 2);
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
    awaitStream(consumer, 2);
    assertThat(server.add(0).getStart().getOffset()).isEqualTo(42);
  }

  @Test
  void creditIsGivenAgainForWhatWasHandedOut() {
    Consumer consumer = consumer(options().withBufferBytes(64 << 10));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(server.add(0).getCreditBytes()).isEqualTo(64 << 10);
    server.answer(server.records(0, 1_500));
    assertThat(server.granted()).isZero();
    assertThat(consumer.poll(SOON)).hasSize(1_500);
    assertThat(server.granted()).isGreaterThan(16 << 10);
  }

  @Test
  void partitionsShareTheBuffer() {
    Consumer consumer = consumer(options().withBufferBytes(256 << 10));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(server.add(0).getCreditBytes()).isEqualTo(256 << 10);
    consumer.assign(new PartitionName("t", 1), Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(server.add(1).getCreditBytes()).isEqualTo(128 << 10);

    long handedOut = 0;
    for (long from = 0; from < 12_000; from += 1_000) {
      server.answer(server.records(from, from + 1_000));
      handedOut += consumer.pollBatches(SOON).stream().mapToLong(b -> b.sizeInBytes()).sum();
    }
    assertThat(handedOut).isGreaterThan(200 << 10);
    assertThat(server.granted())
        .as("half of its first credit is held back for the other")
        .isBetween(handedOut - (160 << 10), handedOut - (128 << 10));
  }

  @Test
  void creditOfWhatWasInHandIsGivenAgainAfterASeek() {
    Consumer consumer = consumer(options().withBufferBytes(64 << 10));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 1_500));
    assertThat(consumer.iterator().next().offset()).isZero();
    assertThat(server.granted()).isZero();
    consumer.seek(P0, Start.offset(1_400));
    server.answer(server.records(1_400, 1_500));
    assertThat(consumer.poll(SOON)).hasSize(100);
    assertThat(server.granted()).isGreaterThan(16 << 10);
  }

  @Test
  void afterASeekAnswersFromTheOldPlaceAreThrownAwayAndTheirCreditIsGivenAgain() {
    Consumer consumer = consumer(options().withBufferBytes(64 << 10));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    var late = server.records(0, 1_500);
    consumer.seek(P0, Start.offset(50));
    server.answer(late);
    assertThat(server.granted()).isGreaterThan(16 << 10);
    server.answer(server.records(50, 52));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(50L, 51L);
  }

  @Test
  void aSeekGivesTheCreditOfAllThatItThrowsAwayAgain() {
    Consumer consumer = consumer(options().withBufferBytes(64 << 10));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    var inHand = server.records(0, 1_500);
    var waiting = server.records(1_500, 3_000);
    server.answer(inHand);
    server.answer(waiting);
    assertThat(consumer.iterator().hasNext()).isTrue();
    consumer.seek(P0, Start.offset(50));
    long sent = payload(inHand) + payload(waiting);
    assertThat(server.granted()).as("or the server would wait for ever").isEqualTo(sent);
  }

  private static long payload(io.thermocline.proto.v1.FetchResponse.Builder response) {
    return response.getBatches(0).getPayload().size();
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
  void aPassingErrorIsTriedAgainFromTheNextRecord() {
    Consumer consumer = reading(Start.earliest());
    server.answer(server.records(0, 2));
    server.answer(server.error(ErrorKind.TRANSIENT));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L, 1L);
    TestConsumer.awaitRequest(server, consumer, FetchRequest::hasSeek);
    assertThat(
            server.received.stream()
                .filter(FetchRequest::hasSeek)
                .map(request -> request.getSeek().getStart().getOffset()))
        .containsExactly(2L);
    server.answer(server.records(2, 3));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(2L);
  }

  @Test
  void aPartitionThatSaidItIsWellHasAllTheTimeForItsNextError() {
    ManualNanos time = new ManualNanos();
    Consumer consumer = TestConsumer.of(server, options(), time);
    consumer.assign(P0, Start.offset(0));
    assertThat(consumer.poll(NOW)).isEmpty();
    for (int i = 0; i < 2; i++) {
      server.answer(server.error(ErrorKind.TRANSIENT));
      assertThat(consumer.poll(NOW)).as("error %d", i).isEmpty();
      time.pass(Duration.ofSeconds(1));
      assertThat(consumer.poll(NOW)).isEmpty();
      server.answer(server.heartbeat(0));
      assertThat(consumer.poll(NOW)).isEmpty();
      time.pass(Duration.ofHours(1));
    }
  }

  @Test
  void aLastingErrorIsThrownAndThePartitionStandsStillUntilItIsSought() {
    Consumer consumer = reading(Start.offset(500));
    server.answer(server.error(ErrorKind.OUT_OF_RANGE));
    assertThatThrownBy(() -> consumer.poll(SOON))
        .isInstanceOfSatisfying(
            ReadFailedException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.OUT_OF_RANGE);
              assertThat(e.details()).containsEntry("end", "7");
              assertThat(e).hasMessageContaining("t-0");
            });
    assertThat(consumer.isDone()).isTrue();
    consumer.seek(P0, Start.earliest());
    assertThat(consumer.isDone()).isFalse();
    server.answer(server.records(0, 1));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L);
  }

  @Test
  void aStreamThatEndsWhileItIsOpenedOrAskedIsOpenedAgainForAll() {
    Consumer consumer = consumer(options());
    server.refuse(true);
    consumer.assign(P0, Start.earliest());
    consumer.assign(new PartitionName("t", 1), Start.earliest());
    awaitStream(consumer, 2);
    server.refuse(false);
    server.closeEachStream(true);
    awaitStream(consumer, 3);
    server.closeEachStream(false);
    awaitStream(consumer, 4);
    assertThat(server.received.stream().filter(FetchRequest::hasAdd)).hasSize(2);
  }

  @Test
  void anAwayServerIsAnErrorAfterTheRetryTimeout() {
    Consumer consumer = consumer(options().withRetryTimeout(Duration.ofMillis(1)));
    server.closeEachStream(true);
    consumer.assign(P0, Start.earliest());
    assertThatThrownBy(() -> consumer.poll(SOON))
        .isInstanceOfSatisfying(
            ReadFailedException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TRANSIENT));
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

  private static ConsumerOptions options() {
    return ConsumerOptions.defaults();
  }

  private Consumer consumer(ConsumerOptions options) {
    return consumer(options, new TopicPartitions(topic -> 1, System::nanoTime, Runnable::run));
  }

  private Consumer consumer(ConsumerOptions options, TopicPartitions topics) {
    return TestConsumer.of(server, options, System::nanoTime, topics);
  }

  /** A consumer that has asked for partition 0. */
  private Consumer reading(Start start) {
    Consumer consumer = consumer(options());
    consumer.assign(P0, start);
    assertThat(consumer.poll(NOW)).isEmpty();
    return consumer;
  }

  private void awaitStream(Consumer consumer, int number) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (server.streams < number && System.nanoTime() < deadline) {
      assertThat(consumer.poll(Duration.ofMillis(5))).isEmpty();
    }
    assertThat(server.streams).isEqualTo(number);
  }

  private static List<Long> offsets(List<ConsumerRecord> records) {
    return records.stream().mapToLong(ConsumerRecord::offset).boxed().toList();
  }
}
