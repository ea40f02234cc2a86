package io.thermocline.client.consumer;

import static io.thermocline.client.consumer.TestConsumer.NOW;
import static io.thermocline.client.consumer.TestConsumer.offsets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.failure.DataLostException;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.proto.v1.FetchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records that are damaged, where they are stored or on their way. */
@Timeout(60)
class DamagedRecordsTest {
  private static final PartitionName P0 = new PartitionName("t", 0);
  private static final Duration SOON = Duration.ofSeconds(20);

  private final FakeFetchServer server = new FakeFetchServer();
  private final List<List<OffsetRange>> lost = new ArrayList<>();

  @Test
  void damageIsToldOnceAndReadingGoesOnBehindIt() {
    Consumer consumer = reading(Start.earliest());
    server.answer(server.records(4, 6).addLost(FakeFetchServer.range(0, 4)));
    assertThatThrownBy(() -> consumer.poll(SOON))
        .isInstanceOfSatisfying(
            DataLostException.class,
            e -> {
              assertThat(e.lost()).containsExactly(new OffsetRange(0, 4));
              assertThat(e.partition()).isEqualTo(P0);
            });
    assertThat(offsets(consumer.poll(SOON))).containsExactly(4L, 5L);
  }

  @Test
  void whoIsToldOfDamageMayGoElsewhere() {
    List<Consumer> told = new ArrayList<>();
    Consumer consumer =
        consumer(options().withLostRanges((p, ranges) -> told.get(0).seek(p, Start.offset(50))));
    told.add(consumer);
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(4, 6).addLost(FakeFetchServer.range(0, 4)));
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(50, 52));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(50L, 51L);
  }

  @Test
  void damageCanBePassedOver() {
    Consumer consumer = consumer(options().withLostRanges((p, ranges) -> lost.add(ranges)));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.heartbeat(4).addLost(FakeFetchServer.range(0, 4)));
    server.answer(server.records(4, 6));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(4L, 5L);
    assertThat(lost).containsExactly(List.of(new OffsetRange(0, 4)));
  }

  @Test
  void aBatchThatArrivesDamagedIsAnErrorAndIsAskedForAgain() {
    Consumer consumer = reading(Start.earliest());
    var broken = server.records(0, 2);
    broken.setBatches(0, broken.getBatches(0).toBuilder().setCrc32C(1));
    server.answer(broken);
    assertThatThrownBy(() -> consumer.poll(SOON))
        .isInstanceOfSatisfying(
            ReadFailedException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
    TestConsumer.awaitRequest(server, consumer, FetchRequest::hasSeek);
    server.answer(server.records(0, 2));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L, 1L);
  }

  @Test
  void aBatchCompressedInAnUnknownWayIsAnErrorAndIsAskedForAgain() {
    Consumer consumer = reading(Start.earliest());
    var strange = server.records(0, 2);
    strange.setBatches(0, strange.getBatches(0).toBuilder().setCompressionValue(77));
    server.answer(strange);
    assertThatThrownBy(() -> consumer.poll(SOON))
        .isInstanceOfSatisfying(
            ReadFailedException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED));
    TestConsumer.awaitRequest(server, consumer, FetchRequest::hasSeek);
    server.answer(server.records(0, 2));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L, 1L);
  }

  @Test
  void whatCameBehindADamagedBatchIsNotHandedOutBeforeIt() {
    Consumer consumer = reading(Start.offset(0));
    var good = server.records(0, 3);
    server.answer(
        good.clone().setBatches(0, good.getBatches(0).toBuilder().setCrc32C(1)).setNextOffset(3));
    server.answer(server.records(3, 5));
    assertThatThrownBy(() -> consumer.poll(SOON)).isInstanceOf(ReadFailedException.class);
    server.answer(server.heartbeat(5));
    assertThat(consumer.poll(NOW)).isEmpty();
    TestConsumer.awaitRequest(server, consumer, FetchRequest::hasSeek);
    assertThat(server.received.stream().filter(FetchRequest::hasSeek))
        .singleElement()
        .matches(request -> request.getSeek().getStart().getOffset() == 0);
    server.answer(server.records(0, 5));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  private static ConsumerOptions options() {
    return ConsumerOptions.defaults();
  }

  private Consumer consumer(ConsumerOptions options) {
    return TestConsumer.of(server, options, System::nanoTime);
  }

  /** A consumer that has asked for partition 0. */
  private Consumer reading(Start start) {
    Consumer consumer = consumer(options());
    consumer.assign(P0, start);
    assertThat(consumer.poll(NOW)).isEmpty();
    return consumer;
  }
}
