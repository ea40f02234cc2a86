package io.thermocline.client.consumer;

import static io.thermocline.client.consumer.TestConsumer.NOW;
import static io.thermocline.client.consumer.TestConsumer.SOON;
import static io.thermocline.client.consumer.TestConsumer.awaitRequest;
import static io.thermocline.client.consumer.TestConsumer.awaitStream;
import static io.thermocline.client.consumer.TestConsumer.offsets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.testkit.ManualNanos;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a partition, and of a stream, that the server says it can't go on with. */
@Timeout(60)
class FetchErrorsTest {
  private static final PartitionName P0 = new PartitionName("t", 0);

  private final FakeFetchServer server = new FakeFetchServer();

  @Test
  void aPassingErrorIsTriedAgainFromTheNextRecord() {
    Consumer consumer = TestConsumer.reading(server, Start.earliest());
    server.answer(server.records(0, 2));
    server.answer(server.error(ErrorKind.TRANSIENT));
    assertThat(offsets(consumer.poll(SOON))).containsExactly(0L, 1L);
    awaitRequest(server, consumer, FetchRequest::hasSeek);
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
    Consumer consumer = TestConsumer.of(server, ConsumerOptions.defaults(), time);
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
    Consumer consumer = TestConsumer.reading(server, Start.offset(500));
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
    Consumer consumer = TestConsumer.of(server, ConsumerOptions.defaults(), System::nanoTime);
    server.refuse(true);
    consumer.assign(P0, Start.earliest());
    consumer.assign(new PartitionName("t", 1), Start.earliest());
    awaitStream(server, consumer, 2);
    server.refuse(false);
    server.closeEachStream(true);
    awaitStream(server, consumer, 3);
    server.closeEachStream(false);
    awaitStream(server, consumer, 4);
    assertThat(server.received.stream().filter(FetchRequest::hasAdd)).hasSize(2);
  }

  @Test
  void anAwayServerIsAnErrorAfterTheRetryTimeout() {
    Consumer consumer =
        TestConsumer.of(
            server,
            ConsumerOptions.defaults().withRetryTimeout(Duration.ofMillis(1)),
            System::nanoTime);
    server.closeEachStream(true);
    consumer.assign(P0, Start.earliest());
    assertThatThrownBy(() -> consumer.poll(SOON))
        .isInstanceOfSatisfying(
            ReadFailedException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TRANSIENT));
  }
}
