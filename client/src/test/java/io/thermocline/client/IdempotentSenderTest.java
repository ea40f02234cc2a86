package io.thermocline.client;

import static io.thermocline.client.TestSender.failure;
import static io.thermocline.client.TestSender.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProducerSequence;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotentSenderTest {
  private static final PartitionName P0 = new PartitionName("t", 0);
  private static final PartitionName P1 = new PartitionName("t", 1);

  private final TestSender test = new TestSender(UnaryOperator.identity());
  private final FakeProduceServer server = test.server;
  private final FakeIdentities identities = test.identities;

  // ---- Identity ----

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

  // ---- Sending again ----

  @Test
  void whatWasLostWithTheConnectionIsSentAgainInOrderWithItsOldSequence() {
    var all = start("a", "b", "c");
    var unsent = test.sendBatch(P0, "d");
    assertThat(sequences()).containsExactly("1/0/0", "1/0/1", "1/0/2");
    server.acknowledge();
    server.drop();
    test.step();
    test.pass(Duration.ofSeconds(1));

    assertThat(values(server.unanswered)).containsExactly("b", "c", "d");
    assertThat(sequences()).containsExactly("1/0/1", "1/0/2", "1/0/3");
    assertThat(server.unanswered).noneMatch(ProduceRequest::getRestart);
    server.acknowledgeAt(1);
    server.acknowledgeAt(2);
    server.acknowledgeAt(3);
    test.step();
    all.add(unsent);
    assertThat(all).extracting(f -> f.join().offset()).containsExactly(0L, 1L, 2L, 3L);
    assertThat(test.budget.free()).isEqualTo(test.budget.limit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRANSIENT", "EXHAUSTED"})
  void aPassingRefusalIsSentAgainWithThoseBehindItOnceAllAreAnswered(ErrorKind kind) {
    start("a", "b", "c");
    server.refuse(kind);
    server.refuse(ErrorKind.OUT_OF_SEQUENCE);
    test.step();
    test.pass(Duration.ofSeconds(1));
    assertThat(server.received).hasSize(3);
    server.refuse(ErrorKind.OUT_OF_SEQUENCE);
    test.step();
    test.pass(Duration.ofMillis(50));
    assertThat(values(server.unanswered)).as("one tries it first").containsExactly("a");
    assertThat(sequences()).containsExactly("1/0/0");
    server.acknowledge();
    test.step();
    assertThat(values(server.unanswered)).containsExactly("b", "c");
    assertThat(sequences()).containsExactly("1/0/1", "1/0/2");
  }

  @Test
  void whatWasRefusedWhenTheConnectionEndedGoesBackInOrderWithWhatWasLost() {
    start("a", "b", "c");
    var swapped = server.unanswered.remove(0);
    server.unanswered.add(1, swapped);
    server.refuse(ErrorKind.OUT_OF_SEQUENCE);
    test.step();
    server.drop();
    test.step();
    test.pass(Duration.ofSeconds(1));
    assertThat(values(server.unanswered)).containsExactly("a", "b", "c");
    assertThat(sequences()).containsExactly("1/0/0", "1/0/1", "1/0/2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"OUTCOME_UNKNOWN", "INTERNAL"})
  void anUnknownOutcomeIsAskedForOnceMore(ErrorKind kind) {
    var all = start("a", "b");
    server.refuse(kind);
    server.refuse(ErrorKind.LOG_FAILED);
    test.step();
    assertThat(all).noneMatch(CompletableFuture::isDone);
    test.pass(Duration.ofMillis(50));
    assertThat(sequences()).containsExactly("1/0/0");
    server.refuse(kind);
    test.step();
    assertThat(failure(all.get(0))).isInstanceOf(OutcomeUnknownException.class);
    assertThat(failure(all.get(1))).isInstanceOf(NotAppliedException.class);
    assertNextBeginsEpoch(1);
  }

  @Test
  void aFailedLogIsUnknownForWhatWasLostBeforeAndCertainForTheRest() {
    var all = start("a", "b");
    server.drop();
    test.step();
    test.pass(Duration.ofSeconds(1));
    var late = test.sendBatch(P0, "c");
    for (int i = 0; i < 3; i++) {
      server.refuse(ErrorKind.LOG_FAILED);
    }
    test.step();
    assertThat(all)
        .allSatisfy(f -> assertThat(failure(f)).isInstanceOf(OutcomeUnknownException.class));
    assertThat(failure(late)).isInstanceOf(NotAppliedException.class);
    assertNextBeginsEpoch(1);
  }

  // ---- Giving up ----

  @ParameterizedTest
  @ValueSource(strings = {"INVALID", "FENCED", "NOT_FOUND"})
  void aLastingRefusalFailsThoseOnTheirWayBehindItAndTheNextBeginANewEpoch(ErrorKind kind) {
    var all = start("a", "b", "c");
    var queued = test.sendBatch(P0, "d");
    server.acknowledge();
    server.refuse(kind);
    server.refuse(ErrorKind.OUT_OF_SEQUENCE);
    test.step();
    assertThat(failure(all.get(1)).kind()).isEqualTo(kind);
    assertThat(failure(all.get(1))).isInstanceOf(NotAppliedException.class);
    assertThat(failure(all.get(2)).kind()).isEqualTo(ErrorKind.PRIOR_BATCH_REFUSED);
    assertThat(failure(all.get(2))).isInstanceOf(NotAppliedException.class);
    assertThat(values(server.unanswered)).containsExactly("d");
    assertThat(sequences()).containsExactly("1/1/0");
    server.acknowledge();
    test.step();
    assertThat(queued).isCompleted();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INVALID", "FENCED"})
  void aRefusalThatHoldsForEveryCopyIsCertainAlsoAfterALostOne(ErrorKind kind) {
    var all = start("a", "b");
    server.drop();
    test.step();
    test.pass(Duration.ofSeconds(1));
    server.refuse(kind);
    server.refuse(ErrorKind.OUT_OF_SEQUENCE);
    test.step();
    assertThat(all).allSatisfy(f -> assertThat(failure(f)).isInstanceOf(NotAppliedException.class));
  }

  @Test
  void aMissingTopicSaysNothingOfACopyThatWasLost() {
    var all = start("a");
    server.drop();
    test.step();
    test.pass(Duration.ofSeconds(1));
    server.refuse(ErrorKind.NOT_FOUND);
    test.step();
    assertThat(failure(all.get(0))).isInstanceOf(OutcomeUnknownException.class);
  }

  @Test
  void aConflictIsCertainWhenTheOffsetIsPassedAndNotWhenItMayStillCome() {
    for (long next : new long[] {4, 6}) {
      var at5 = test.sendAt(P0, 5, "a");
      test.step();
      assertThat(server.unanswered.get(0).getExpectedOffset()).isEqualTo(5);
      server.drop();
      test.step();
      test.pass(Duration.ofSeconds(1));
      server.refuse(ErrorKind.CONFLICT, "next_offset", "" + next);
      test.step();
      assertThat(failure(at5))
          .as("next offset %d", next)
          .isInstanceOf(next > 5 ? NotAppliedException.class : OutcomeUnknownException.class);
    }
  }

  @Test
  void whatIsNotKnownInTimeIsUnknownAndLaterBatchesGoOnInANewEpoch() {
    var all = start("a", "b");
    server.drop();
    server.ready = false;
    test.step();
    test.pass(Duration.ofSeconds(9));
    var later = test.sendBatch(P0, "c");
    test.pass(Duration.ofSeconds(1));
    assertThat(all)
        .allSatisfy(f -> assertThat(failure(f)).isInstanceOf(OutcomeUnknownException.class));
    server.ready = true;
    test.pass(Duration.ofSeconds(1));
    assertThat(values(server.unanswered)).containsExactly("c");
    assertThat(sequences()).containsExactly("1/1/0");
    server.acknowledge();
    test.step();
    assertThat(later).isCompleted();
  }

  @Test
  void anAnswerThatDoesNotComeInTimeEndsTheStreamAndOtherPartitionsGoOn() {
    var hung = start("a");
    test.pass(Duration.ofSeconds(6));
    var other = test.sendBatch(P1, "x");
    test.pass(Duration.ofSeconds(4));
    assertThat(failure(hung.get(0))).isInstanceOf(OutcomeUnknownException.class);
    assertThat(server.cancelled).isTrue();
    test.pass(Duration.ofSeconds(1));
    assertThat(values(server.unanswered)).containsExactly("x");
    assertThat(sequences()).containsExactly("1/0/0");
    server.acknowledge();
    test.step();
    assertThat(other).isCompleted();
  }

  @Test
  void whatWasSurelyRefusedUntilItsTimeWasOverIsNotAppliedAndThoseBehindItGoOn() {
    var all = start("a");
    for (int i = 0; i < 4; i++) {
      server.refuse(ErrorKind.EXHAUSTED);
      test.step();
      test.pass(Duration.ofSeconds(2));
    }
    var behind = test.sendBatch(P0, "b");
    server.refuse(ErrorKind.EXHAUSTED);
    test.step();
    test.pass(Duration.ofSeconds(2));
    assertThat(failure(all.get(0))).isInstanceOf(NotAppliedException.class);
    assertThat(values(server.unanswered)).containsExactly("b");
    assertThat(sequences()).containsExactly("1/1/0");
    server.acknowledge();
    test.step();
    assertThat(behind).isCompleted();
  }

  // ---- Epochs ----

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

  // ---- Demands ----

  @Test
  void aTokenGoesWithWhatIsSentFromThereOnAlsoWhenItIsSentAgain() {
    start();
    var none = test.send(P0, "a");
    test.accumulator.hold(P0, 5);
    var five = test.send(P0, "b");
    test.accumulator.hold(P0, 6);
    var other = test.send(P1, "x");
    test.step();
    server.drop();
    test.step();
    test.pass(Duration.ofSeconds(1));
    assertThat(values(server.unanswered)).containsExactlyInAnyOrder("a", "b", "x");
    for (ProduceRequest request : server.unanswered) {
      assertThat(request.getFenceToken())
          .isEqualTo(values(List.of(request)).equals(List.of("b")) ? 5 : 0);
    }
    assertThat(List.of(none, five, other)).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void aBatchThatDemandsItsOffsetKeepsItsPlaceAmongTheOthers() {
    start();
    var before = test.send(P0, "a");
    var demanding = test.sendAt(P0, 1, "b");
    var after = test.sendBatch(P0, "c");
    assertThat(values(server.unanswered)).containsExactly("a", "b", "c");
    assertThat(server.unanswered)
        .extracting(ProduceRequest::hasExpectedOffset)
        .containsExactly(false, true, false);
    assertThat(List.of(before, demanding, after)).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void stoppingTellsWhatIsKnown() {
    var sent = start("a", "b", "c");
    var queued = test.sendBatch(P0, "d");
    server.refuse(ErrorKind.EXHAUSTED);
    server.refuse(ErrorKind.OUT_OF_SEQUENCE);
    test.step();
    test.sender.stop(Failure.of(ErrorKind.TRANSIENT, "closed"));
    assertThat(failure(sent.get(0))).isInstanceOf(NotAppliedException.class);
    assertThat(failure(sent.get(1))).isInstanceOf(NotAppliedException.class);
    assertThat(failure(sent.get(2))).isInstanceOf(OutcomeUnknownException.class);
    assertThat(failure(queued)).isInstanceOf(NotAppliedException.class);
  }

  private List<CompletableFuture<RecordMetadata>> start(String... values) {
    List<CompletableFuture<RecordMetadata>> all = test.sendBatches(P0, values);
    test.step();
    return all;
  }

  private void assertNextBeginsEpoch(int epoch) {
    var next = test.sendBatch(P0, "next");
    test.pass(Duration.ofSeconds(3));
    assertThat(values(server.unanswered)).containsExactly("next");
    assertThat(sequences()).containsExactly("1/" + epoch + "/0");
    server.acknowledge();
    test.step();
    assertThat(next).isCompleted();
  }

  /** What is on its way, as id/epoch/sequence. */
  private List<String> sequences() {
    return server.unanswered.stream().map(request -> shown(request.getSequence())).toList();
  }

  private static String shown(ProducerSequence sequence) {
    return sequence.getProducerId() + "/" + sequence.getEpoch() + "/" + sequence.getBaseSequence();
  }
}
