package io.thermocline.client.consumer;

import static io.thermocline.client.consumer.TestConsumer.NOW;
import static io.thermocline.client.consumer.TestConsumer.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.record.PartitionName;
import io.thermocline.testkit.ManualNanos;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoundedReadTest {
  private static final PartitionName P0 = new PartitionName("t", 0);

  private final ManualNanos time = new ManualNanos();
  private final FakeFetchServer server = new FakeFetchServer();

  @Test
  void thePlaceStaysAtTheEndAskedForWhenTheLastBatchGoesPastIt() {
    Consumer consumer = consumer(ConsumerOptions.defaults());
    consumer.assign(P0, Start.earliest(), 5);
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 10).setDone(true));
    assertThat(offsets(consumer.poll(NOW))).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(consumer.progress(P0).position()).as("a group commits this").hasValue(5);
  }

  @Test
  void thePlaceStaysThereAlsoWhenWholeBatchesAreHandedOut() {
    Consumer consumer = consumer(ConsumerOptions.defaults());
    consumer.assign(P0, Start.offset(2), 5);
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 10).setDone(true));
    assertThat(consumer.pollBatches(NOW)).hasSize(1);
    assertThat(consumer.progress(P0).position()).hasValue(5);
  }

  @Test
  void theEndFoundWhenAssignedIsTheEndAfterALostConnection() {
    Consumer consumer = consumer(ConsumerOptions.defaults().withFollow(false));
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(server.add(0).hasEndOffset()).as("the server finds it").isFalse();
    server.answer(server.records(0, 3).setEnd(8));
    server.answer(server.records(3, 5).setEnd(11));
    reconnect(consumer);
    assertThat(server.add(0).getEndOffset()).isEqualTo(8);
    assertThat(server.add(0).getFollow()).isFalse();
    server.answer(server.records(5, 11).setEnd(20).setDone(true));
    assertThat(offsets(consumer.poll(NOW))).containsExactly(3L, 4L);
    assertThat(offsets(consumer.poll(NOW))).containsExactly(5L, 6L, 7L);
    assertThat(consumer.progress(P0).position()).hasValue(8);
  }

  @Test
  void anEndAskedForBeforeTheEndFoundStays() {
    Consumer consumer = consumer(ConsumerOptions.defaults().withFollow(false));
    consumer.assign(P0, Start.earliest(), 6);
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 3).setEnd(8));
    reconnect(consumer);
    assertThat(server.add(0).getEndOffset()).isEqualTo(6);
  }

  @Test
  void aFollowerHasNoEndAlsoAfterALostConnection() {
    Consumer consumer = consumer(ConsumerOptions.defaults());
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 3).setEnd(8));
    reconnect(consumer);
    assertThat(server.add(0).hasEndOffset()).isFalse();
  }

  private void reconnect(Consumer consumer) {
    server.drop();
    time.pass(Duration.ofSeconds(1));
    assertThat(offsets(consumer.poll(NOW))).containsExactly(0L, 1L, 2L);
    assertThat(server.streams).isEqualTo(2);
  }

  private Consumer consumer(ConsumerOptions options) {
    return TestConsumer.of(server, options, time);
  }
}
