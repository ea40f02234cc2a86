package io.thermocline.client.producer;

import static io.thermocline.client.producer.TestSender.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.codec.BatchBuilder;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a sender that stops says of what is left. */
class SenderStopTest {
  private static final PartitionName P0 = new PartitionName("t", 0);
  private static final PartitionName P1 = new PartitionName("t", 1);

  private final TestSender test = new TestSender(options -> options.withIdempotence(false));
  private final FakeProduceServer server = test.server;
  private final BufferBudget budget = test.budget;

  @Test
  void stoppingTellsWhatNeverLeftFromWhatDid() {
    List<CompletableFuture<RecordMetadata>> sent = test.sendBatches(P0, "a", "b", "c");
    CompletableFuture<RecordMetadata> queued = test.sendBatch(P0, "d");
    CompletableFuture<RecordMetadata> open = test.send(P0, "e");
    test.sender.stop(Failure.of(ErrorKind.TRANSIENT, "closed"));
    assertThat(sent)
        .allSatisfy(f -> assertThat(failure(f)).isInstanceOf(OutcomeUnknownException.class));
    assertThat(failure(queued)).isInstanceOf(NotAppliedException.class);
    assertThat(failure(open)).isInstanceOf(NotAppliedException.class);
    assertThat(server.cancelled).isTrue();
    assertThat(server.connectionClosed).isTrue();
  }

  @Test
  void stoppingAnswersAlsoWhatWasTakenAndReachedNoLane() {
    CompletableFuture<RecordMetadata> a = test.send(P0, "a");
    assertThat(test.accumulator.takeAll()).hasSize(1);
    test.sender.stop(Failure.of(ErrorKind.INTERNAL, "failed"));
    assertThat(failure(a)).isInstanceOf(NotAppliedException.class);
    assertThat(budget.free()).isEqualTo(budget.limit());
  }

  @Test
  void whatWasMadeAndNeverSentSurelyIsNotStored() {
    CompletableFuture<RecordMetadata> a = test.add(P0, 0, "a");
    assertThat(test.accumulator.takeUnanswered())
        .singleElement()
        .satisfies(batch -> assertThat(batch.isMade()).isTrue());
    test.sender.stop(Failure.of(ErrorKind.TRANSIENT, "closed"));
    assertThat(failure(a)).isInstanceOf(NotAppliedException.class);
  }

  @Test
  void stoppingMakesNoBatchesOnlyToFailThem() {
    BatchBuilder builder = new BatchBuilder();
    test.maker.recycle(builder);
    CompletableFuture<RecordMetadata> a = test.send(P0, "a");
    CompletableFuture<RecordMetadata> b = test.send(P1, "b");
    assertThat(builder.build(Compression.NONE)).as("taken from under it").isNotNull();
    test.sender.stop(Failure.of(ErrorKind.TRANSIENT, "closed"));
    assertThat(failure(a)).hasMessage("closed");
    assertThat(failure(b)).hasMessage("closed");
  }

  @Test
  void stoppingAfterAStreamWasGivenUpLetsGoOfTheConnection() {
    CompletableFuture<RecordMetadata> a = test.sendBatch(P0, "a");
    server.acknowledge();
    server.acknowledgeUnknown();
    test.step();
    test.sender.stop(Failure.of(ErrorKind.TRANSIENT, "closed"));
    assertThat(a).isCompleted();
    assertThat(server.connectionClosed).isTrue();
  }
}
