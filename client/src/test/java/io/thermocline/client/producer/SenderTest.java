package io.thermocline.client.producer;

import static io.thermocline.client.producer.TestSender.failure;
import static io.thermocline.client.producer.TestSender.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.codec.BatchBuilder;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.testkit.ManualNanos;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sender of a producer that is not idempotent, and what both have in common. */
class SenderTest {
  private static final PartitionName P0 = new PartitionName("t", 0);
  private static final PartitionName P1 = new PartitionName("t", 1);

  private final TestSender test = new TestSender(options -> options.withIdempotence(false));
  private final ManualNanos time = test.time;
  private final FakeProduceServer server = test.server;
  private final BufferBudget budget = test.budget;

  @Test
  void answersCarryEachRecordsOffset() {
    CompletableFuture<RecordMetadata> a = send(P0, "a");
    step();
    CompletableFuture<RecordMetadata> b = send(P0, "b");
    step();
    server.acknowledge();
    server.acknowledge();
    step();

    assertThat(a.join()).isEqualTo(new RecordMetadata("t", 0, 0, 77));
    assertThat(b.join().offset()).isEqualTo(1);
    assertThat(budget.free()).isEqualTo(budget.limit());
  }

  @Test
  void noMoreBatchesAreInFlightThanAllowed() {
    for (int i = 0; i < 5; i++) {
      assertThat(sendBatch(P0, "r" + i)).isNotDone();
    }
    assertThat(server.unanswered).hasSize(3);
    server.acknowledge();
    step();
    assertThat(server.unanswered).hasSize(3);
    assertThat(server.received).hasSize(4);
  }

  @Test
  void recordsShareABatchOnceFourThatAreNotFullAreOut() {
    TestSender wide =
        new TestSender(options -> options.withIdempotence(false).withMaxInFlightBatches(64));
    for (String value : List.of("a", "b", "c", "d", "e", "f", "g")) {
      var unused = wide.send(P0, value);
      wide.step();
    }
    var unused = wide.send(P1, "other");
    wide.step();
    assertThat(wide.server.received).as("four, and another partition's").hasSize(5);

    wide.server.acknowledge();
    wide.step();
    assertThat(wide.server.unanswered).hasSize(5);
    assertThat(wide.server.received.get(5).getBatch().getRecordCount()).isEqualTo(3);
  }

  @Test
  void nothingIsSentWhileTheConnectionIsNotReady() {
    server.ready = false;
    CompletableFuture<RecordMetadata> a = sendBatch(P0, "a");
    assertThat(server.received).isEmpty();

    server.drop();
    step();
    server.ready = true;
    time.pass(Duration.ofSeconds(1));
    step();
    server.acknowledge();
    step();

    assertThat(server.streams).isEqualTo(2);
    assertThat(a).isCompletedWithValueMatching(metadata -> metadata.offset() == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRANSIENT", "EXHAUSTED"})
  void aPassingRefusalIsSentAgainInOrderWithTheRestartMark(ErrorKind kind) {
    List<CompletableFuture<RecordMetadata>> all = sendBatches(P0, "a", "b", "c");
    CompletableFuture<RecordMetadata> later = sendBatch(P0, "d");
    server.refuse(kind);
    server.refuse(ErrorKind.PRIOR_BATCH_REFUSED);
    step();
    assertThat(server.received).as("waits for the last refusal").hasSize(3);
    server.refuse(ErrorKind.PRIOR_BATCH_REFUSED);
    step();
    assertThat(server.received).as("waits a little").hasSize(3);

    time.pass(Duration.ofMillis(50));
    step();
    assertThat(values(server.unanswered)).containsExactly("a", "b", "c");
    assertThat(server.unanswered)
        .extracting(ProduceRequest::getRestart)
        .containsExactly(true, false, false);
    server.acknowledge();
    server.acknowledge();
    server.acknowledge();
    step();
    server.acknowledge();
    step();
    all.add(later);
    assertThat(all).extracting(f -> f.join().offset()).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void aLastingRefusalFailsTheBatchAndThoseBehindItAndTheNextOnesGoOn() {
    List<CompletableFuture<RecordMetadata>> all = sendBatches(P0, "a", "b");
    server.refuse(ErrorKind.NOT_FOUND);
    server.refuse(ErrorKind.PRIOR_BATCH_REFUSED);
    step();

    assertThat(failure(all.get(0)).kind()).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(failure(all.get(0)).details()).containsEntry("end", "7");
    assertThat(failure(all.get(0))).isInstanceOf(NotAppliedException.class);
    assertThat(failure(all.get(1)).kind()).isEqualTo(ErrorKind.PRIOR_BATCH_REFUSED);
    assertThat(failure(all.get(1))).isInstanceOf(NotAppliedException.class);

    CompletableFuture<RecordMetadata> next = sendBatch(P0, "c");
    assertThat(server.unanswered.get(0).getRestart()).isTrue();
    server.acknowledge();
    step();
    assertThat(next).isCompleted();
    assertThat(budget.free()).isEqualTo(budget.limit());
  }

  @Test
  void otherPartitionsGoOnWhileOneIsRefused() {
    assertThat(sendBatch(P0, "a")).isNotDone();
    server.refuse(ErrorKind.TRANSIENT);
    step();
    CompletableFuture<RecordMetadata> other = sendBatch(P1, "x");
    server.acknowledge();
    step();
    assertThat(other).isCompleted();
  }

  @Test
  void anAnswerThatTheOutcomeIsUnknownIsToldAndTheRestFailsForCertain() {
    List<CompletableFuture<RecordMetadata>> all = sendBatches(P0, "a", "b");
    server.refuse(ErrorKind.OUTCOME_UNKNOWN);
    server.refuse(ErrorKind.PRIOR_BATCH_REFUSED);
    step();
    assertThat(failure(all.get(0))).isInstanceOf(OutcomeUnknownException.class);
    assertThat(failure(all.get(1))).isInstanceOf(NotAppliedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"OUTCOME_UNKNOWN", "TRANSIENT"})
  void anUnknownOutcomeBehindARefusalIsToldAsUnknownAndNeverSentAgain(ErrorKind first) {
    List<CompletableFuture<RecordMetadata>> all = sendBatches(P0, "a", "b", "c");
    server.refuse(first);
    server.refuse(ErrorKind.OUTCOME_UNKNOWN);
    server.refuse(ErrorKind.PRIOR_BATCH_REFUSED);
    step();
    assertThat(failure(all.get(1))).isInstanceOf(OutcomeUnknownException.class);
    time.pass(Duration.ofSeconds(3));
    step();
    assertThat(values(server.unanswered)).doesNotContain("b");
  }

  @Test
  void whatWasSentAndNotAnsweredWhenTheStreamEndsIsUnknownAndTheRestGoesOnANewOne() {
    List<CompletableFuture<RecordMetadata>> all = sendBatches(P0, "a", "b", "c");
    CompletableFuture<RecordMetadata> unsent = sendBatch(P0, "d");
    server.acknowledge();
    server.drop();
    step();

    assertThat(all.get(0)).isCompletedWithValueMatching(metadata -> metadata.offset() == 0);
    assertThat(failure(all.get(1))).isInstanceOf(OutcomeUnknownException.class);
    assertThat(failure(all.get(1)).retriable()).isFalse();
    assertThat(failure(all.get(2))).isInstanceOf(OutcomeUnknownException.class);

    time.pass(Duration.ofSeconds(1));
    step();
    assertThat(values(server.unanswered)).containsExactly("d");
    server.acknowledge();
    step();
    assertThat(unsent).isCompleted();
    assertThat(budget.free()).isEqualTo(budget.limit());
  }

  @Test
  void whatWasRefusedBeforeTheStreamEndedIsSentOnTheNewOneWithoutAMark() {
    List<CompletableFuture<RecordMetadata>> all = sendBatches(P0, "a", "b");
    server.refuse(ErrorKind.TRANSIENT);
    step();
    server.drop();
    step();
    assertThat(failure(all.get(1))).isInstanceOf(OutcomeUnknownException.class);
    time.pass(Duration.ofSeconds(1));
    step();
    assertThat(values(server.unanswered)).containsExactly("a");
    assertThat(server.unanswered.get(0).getRestart()).isFalse();
    server.acknowledge();
    step();
    assertThat(all.get(0)).isCompleted();
  }

  @Test
  void whatCouldNotBeSentInTimeSurelyFailed() {
    server.ready = false;
    CompletableFuture<RecordMetadata> a = sendBatch(P0, "a");
    time.pass(Duration.ofSeconds(10));
    step();
    assertThat(failure(a))
        .isInstanceOf(NotAppliedException.class)
        .extracting(ClientException::kind)
        .isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
    assertThat(budget.free()).isEqualTo(budget.limit());
  }

  @Test
  void anAnswerThatDoesNotComeInTimeIsUnknownAndEndsTheStream() {
    CompletableFuture<RecordMetadata> a = sendBatch(P0, "a");
    time.pass(Duration.ofSeconds(10));
    step();
    assertThat(failure(a)).isInstanceOf(OutcomeUnknownException.class);
    assertThat(server.cancelled).isTrue();
  }

  @Test
  void newsOfAnOldStreamIsDropped() {
    CompletableFuture<RecordMetadata> a = sendBatch(P0, "a");
    server.drop();
    server.drop();
    step();
    time.pass(Duration.ofSeconds(1));
    CompletableFuture<RecordMetadata> b = sendBatch(P0, "b");
    server.acknowledge();
    step();
    assertThat(failure(a)).isInstanceOf(OutcomeUnknownException.class);
    assertThat(b).isCompleted();
  }

  @Test
  void aBatchThatCanNotBeMadeFailsAloneAndThoseTakenWithItAreSent() {
    BatchBuilder builder = new BatchBuilder();
    test.maker.recycle(builder);
    CompletableFuture<RecordMetadata> a = send(P0, "a");
    CompletableFuture<RecordMetadata> b = send(P1, "b");
    assertThat(builder.build(Compression.NONE)).as("taken from under it").isNotNull();
    step();
    assertThat(failure(a)).isInstanceOf(NotAppliedException.class);
    server.acknowledge();
    step();
    assertThat(b).isCompleted();
    assertThat(budget.free()).isEqualTo(budget.limit());
  }

  @Test
  void anAnswerToNothingEndsItsStreamAndTheNextBatchGoesOverAnother() {
    CompletableFuture<RecordMetadata> a = sendBatch(P0, "a");
    server.acknowledge();
    server.acknowledgeUnknown();
    step();
    assertThat(a).isCompleted();
    assertThat(server.cancelled).isTrue();

    time.pass(Duration.ofSeconds(1));
    CompletableFuture<RecordMetadata> b = sendBatch(P0, "b");
    assertThat(server.streams).isEqualTo(2);
    server.acknowledge();
    step();
    assertThat(b).isCompleted();
  }

  private CompletableFuture<RecordMetadata> send(PartitionName partition, String value) {
    return test.send(partition, value);
  }

  private CompletableFuture<RecordMetadata> sendBatch(PartitionName partition, String value) {
    return test.sendBatch(partition, value);
  }

  private List<CompletableFuture<RecordMetadata>> sendBatches(PartitionName p, String... values) {
    return test.sendBatches(p, values);
  }

  private void step() {
    test.step();
  }
}
