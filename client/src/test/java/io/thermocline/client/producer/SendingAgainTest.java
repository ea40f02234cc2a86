package io.thermocline.client.producer;

import static io.thermocline.client.producer.TestSender.failure;
import static io.thermocline.client.producer.TestSender.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was lost or refused in passing is sent again, the very same and in order. */
class SendingAgainTest extends IdempotentCases {
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
}
