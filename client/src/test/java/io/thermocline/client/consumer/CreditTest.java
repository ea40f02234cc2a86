package io.thermocline.client.consumer;

import static io.thermocline.client.consumer.TestConsumer.NOW;
import static io.thermocline.client.consumer.TestConsumer.SOON;
import static io.thermocline.client.consumer.TestConsumer.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.record.PartitionName;
import io.thermocline.proto.v1.FetchResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server may send ahead of what is handed out. */
@Timeout(60)
class CreditTest {
  private static final PartitionName P0 = new PartitionName("t", 0);

  private final FakeFetchServer server = new FakeFetchServer();

  @Test
  void creditIsGivenAgainForWhatWasHandedOut() {
    Consumer consumer = consumer(64 << 10);
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
    Consumer consumer = consumer(256 << 10);
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
    Consumer consumer = consumer(64 << 10);
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
    Consumer consumer = consumer(64 << 10);
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
    Consumer consumer = consumer(64 << 10);
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

  private Consumer consumer(long bufferBytes) {
    return TestConsumer.of(
        server, ConsumerOptions.defaults().withBufferBytes(bufferBytes), System::nanoTime);
  }

  private static long payload(FetchResponse.Builder response) {
    return response.getBatches(0).getPayload().size();
  }
}
