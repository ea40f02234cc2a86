package io.thermocline.client.producer;

import static io.thermocline.client.producer.TestSender.failure;
import static io.thermocline.client.producer.TestSender.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.model.ErrorKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Under which identity, epoch and sequence batches are sent. */
class ProducerEpochsTest extends IdempotentCases {
  @Test
  void theIdentityIsAskedForOnceAndWhenItIsFirstNeeded() {
    test.step();
    assertThat(identities.asked).isZero();
    var a = test.sendBatch(P0, "a");
    var b = test.sendBatch(P1, "b");
    assertThat(identities.asked).isEqualTo(1);
    test.step();
    assertThat(sequences()).containsExactly("1/0/0", "1/0/0");
    server.acknowledge();
    server.acknowledge();
    test.step();
    assertThat(List.of(a, b)).allMatch(CompletableFuture::isDone);
  }

  @Test
  void nothingIsSentWithoutAnIdentityAndItIsAskedForAgainAfterAPause() {
    identities.failure = Failure.of(ErrorKind.TRANSIENT, "away");
    var a = test.sendBatch(P0, "a");
    test.step();
    test.step();
    assertThat(identities.asked).isEqualTo(1);
    assertThat(server.received).isEmpty();
    assertThat(test.sender.step()).as("nanoseconds to wait").isBetween(1L, 50_000_000L);

    identities.failure = null;
    test.pass(Duration.ofMillis(50));
    test.step();
    server.acknowledge();
    test.step();
    assertThat(a).isCompleted();
  }

  @Test
  void aServerThatCannotTellRepeatsIsAnErrorThatSaysWhatToDo() {
    identities.failure = Failure.of(ErrorKind.UNSUPPORTED, "unknown method");
    var a = test.sendBatch(P0, "a");
    test.step();
    assertThat(failure(a))
        .isInstanceOf(NotAppliedException.class)
        .hasMessageContaining("withIdempotence(false)");
    assertThat(failure(a).kind()).isEqualTo(ErrorKind.UNSUPPORTED);
    assertThat(server.received).isEmpty();
    assertThat(test.budget.free()).isEqualTo(test.budget.limit());

    identities.failure = null;
    test.time.pass(Duration.ofSeconds(1));
    var b = test.sendBatch(P0, "b");
    test.step();
    server.acknowledge();
    test.step();
    assertThat(b).as("the server was replaced by a newer one").isCompleted();
  }

  @Test
  void whoWaitsForAnIdentityTooLongSurelyFailed() {
    identities.silent = true;
    var a = test.sendBatch(P0, "a");
    test.pass(Duration.ofSeconds(10));
    assertThat(failure(a)).isInstanceOf(NotAppliedException.class);
  }

  @Test
  void noMoreBatchesAreOutThanTheServerTellsRepeatsFrom() {
    identities.window = 2;
    test.sendBatches(P0, "a", "b", "c", "d");
    test.step();
    assertThat(values(server.unanswered)).containsExactly("a", "b");
    server.acknowledge();
    test.step();
    assertThat(values(server.unanswered)).containsExactly("b", "c");
  }

  @Test
  void recordsGatherInOneBatchWhileOthersOfTheirPartitionWait() {
    identities.window = 1;
    test.sendBatches(P0, "a", "b", "c", "d", "e");
    assertThat(values(server.unanswered)).containsExactly("a");
    server.acknowledge();
    test.step();
    assertThat(values(server.unanswered)).containsExactly("b");
    server.acknowledge();
    test.step();
    assertThat(server.unanswered).hasSize(1);
    assertThat(values(server.unanswered)).containsExactly("c", "d", "e");
  }

  @Test
  void aForgottenProducerGoesOnInANewEpochWithWhatWasNeverStored() {
    var all = start("a");
    server.acknowledge();
    test.step();
    var b = test.sendBatch(P0, "b");
    var c = test.sendBatch(P0, "c");
    assertThat(sequences()).containsExactly("1/0/1", "1/0/2");
    server.refuse(ErrorKind.OUTCOME_UNKNOWN, "producer", "forgotten");
    server.refuse(ErrorKind.OUTCOME_UNKNOWN, "producer", "forgotten");
    test.step();
    assertThat(values(server.unanswered)).containsExactly("b", "c");
    assertThat(sequences()).containsExactly("1/1/0", "1/1/1");
    server.acknowledge();
    server.acknowledge();
    test.step();
    assertThat(List.of(all.get(0), b, c)).extracting(f -> f.join().offset()).isSorted();
  }

  @Test
  void aForgottenProducerDoesNotKnowWhatBecameOfALostBatch() {
    start("a");
    server.acknowledge();
    test.step();
    var b = test.sendBatch(P0, "b");
    server.drop();
    test.step();
    test.pass(Duration.ofSeconds(1));
    server.refuse(ErrorKind.OUTCOME_UNKNOWN, "producer", "forgotten");
    test.step();
    assertThat(failure(b)).isInstanceOf(OutcomeUnknownException.class);
    assertNextBeginsEpoch(1);
  }

  @Test
  void aServerThatRefusesTheBeginningOfAnEpochIsNotAskedForEver() {
    var all = start("a");
    server.refuse(ErrorKind.OUT_OF_SEQUENCE);
    test.step();
    assertThat(failure(all.get(0)).kind()).isEqualTo(ErrorKind.OUT_OF_SEQUENCE);
  }

  @Test
  void afterTheLastEpochComesAnotherIdentity() {
    start();
    for (int epoch = 0; epoch <= Short.MAX_VALUE; epoch++) {
      var refused = test.sendBatch(P0, "x");
      test.step();
      assertThat(server.unanswered.get(0).getSequence().getEpoch()).isEqualTo(epoch);
      server.refuse(ErrorKind.INVALID);
      test.step();
      assertThat(refused).isCompletedExceptionally();
    }
    var next = test.sendBatch(P0, "y");
    test.step();
    assertThat(sequences()).containsExactly("2/0/0");
    server.acknowledge();
    test.step();
    assertThat(next).isCompleted();
  }

  @Test
  void recordsAreCountedAndNotBatches() {
    start();
    var first = test.send(P0, "a");
    var second = test.send(P0, "b");
    test.step();
    var third = test.sendBatch(P0, "c");
    assertThat(sequences()).containsExactly("1/0/0", "1/0/2");
    server.acknowledge();
    server.acknowledge();
    test.step();
    assertThat(List.of(first, second, third))
        .extracting(f -> f.join().offset())
        .containsExactly(0L, 1L, 2L);
  }
}
