package io.thermocline.client.producer;

import static io.thermocline.client.producer.TestSender.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.record.PartitionName;
import io.thermocline.proto.v1.ProducerSequence;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** An idempotent producer's sender, before a server that is moved by hand. */
abstract class IdempotentCases {
  static final PartitionName P0 = new PartitionName("t", 0);
  static final PartitionName P1 = new PartitionName("t", 1);

  final TestSender test = new TestSender(UnaryOperator.identity());
  final FakeProduceServer server = test.server;
  final FakeIdentities identities = test.identities;

  final List<CompletableFuture<RecordMetadata>> start(String... values) {
    List<CompletableFuture<RecordMetadata>> all = test.sendBatches(P0, values);
    test.step();
    return all;
  }

  final void assertNextBeginsEpoch(int epoch) {
    var next = test.sendBatch(P0, "next");
    test.pass(Duration.ofSeconds(3));
    assertThat(values(server.unanswered)).containsExactly("next");
    assertThat(sequences()).containsExactly("1/" + epoch + "/0");
    server.acknowledge();
    test.step();
    assertThat(next).isCompleted();
  }

  /** What is on its way, as id/epoch/sequence. */
  final List<String> sequences() {
    return server.unanswered.stream().map(request -> shown(request.getSequence())).toList();
  }

  private static String shown(ProducerSequence sequence) {
    return sequence.getProducerId() + "/" + sequence.getEpoch() + "/" + sequence.getBaseSequence();
  }
}
