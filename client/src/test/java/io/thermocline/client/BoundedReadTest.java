package io.thermocline.client;

import static io.thermocline.client.TestConsumer.NOW;
import static io.thermocline.client.TestConsumer.offsets;
import static org.assertj.core.api.Assertions.assertThat;

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
