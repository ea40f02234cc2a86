package io.thermocline.client.producer;

import static io.thermocline.client.producer.TestSender.failure;
import static io.thermocline.client.producer.TestSender.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is given up, what its producer is told of it, and what goes on behind it. */
class IdempotentSenderTest extends IdempotentCases {
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
}
