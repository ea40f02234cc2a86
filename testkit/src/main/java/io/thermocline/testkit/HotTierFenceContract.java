package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The part of {@link HotTierConditionsContract} about partitions that only some may write to. */
public interface HotTierFenceContract extends HotTierSubject {

  @Test
  default void aNewPartitionHasNoFenceAndTakesAnyToken() {
    TopicPartition id = newPartition();

    assertThat(hot().fence(id)).isZero();
    Await.result(hot().append(id, batch()));
    Await.result(appendHolding(id, 1));
    assertThat(hot().fence(id)).isZero();
  }

  @Test
  default void aFenceRefusesLowerTokensAndNone() {
    TopicPartition id = newPartition();
    assertThat(Await.result(hot().raiseFence(id, 0, 5))).isEqualTo(5);
    assertThat(hot().fence(id)).isEqualTo(5);
    PartitionState before = hot().state(id);

    Await.fails(ErrorKind.FENCED, () -> hot().append(id, batch()));
    Await.fails(ErrorKind.FENCED, () -> appendHolding(id, 4));
    Await.fails(
        ErrorKind.FENCED,
        () -> hot().append(id, batch(), AppendConditions.of(sequence(0)).holding(1)));
    Await.fails(
        ErrorKind.FENCED,
        () -> hot().append(id, batch(), AppendConditions.NONE.expecting(before.end())));

    assertThat(hot().state(id)).isEqualTo(before);
    Await.result(appendHolding(id, 5));
    Await.result(appendHolding(id, 6));
    Await.result(appendHolding(id, 5));
  }

  @Test
  default void aFenceOnlyRisesFromWhereTheCallerBelievesItToBe() {
    TopicPartition id = newPartition();
    Await.result(hot().raiseFence(id, 0, 5));

    for (long wrong : new long[] {0, 4, 6}) {
      ThermoclineException refused = Await.failure(() -> hot().raiseFence(id, wrong, 9));
      assertThat(refused.kind()).as(refused.getMessage()).isEqualTo(ErrorKind.CONFLICT);
      assertThat(refused.details()).containsEntry("fence", "5");
    }
    Await.fails(ErrorKind.INVALID, () -> hot().raiseFence(id, 5, 5));
    Await.fails(ErrorKind.INVALID, () -> hot().raiseFence(id, 5, 4));
    Await.fails(ErrorKind.INVALID, () -> hot().raiseFence(id, 5, 0));

    assertThat(hot().fence(id)).isEqualTo(5);
    assertThat(Await.result(hot().raiseFence(id, 5, 6))).isEqualTo(6);
    Await.fails(ErrorKind.FENCED, () -> appendHolding(id, 5));
  }

  @Test
  default void aFenceStandsInTheOrderOfTheWrites() {
    TopicPartition id = newPartition();
    CompletableFuture<Appended> before = hot().append(id, batch());
    CompletableFuture<Long> raised = hot().raiseFence(id, 0, 1);
    CompletableFuture<Appended> after = hot().append(id, batch());
    CompletableFuture<Appended> holding = appendHolding(id, 1);

    Await.result(before);
    Await.fails(ErrorKind.FENCED, () -> after);
    Await.result(holding);
    assertThat(Await.result(raised)).isEqualTo(1);
    assertThat(readAll(id, 0, 1 << 20)).hasSize(2);
  }

  @Test
  default void ofThoseWhoRaiseAFenceTogetherOneDoes() {
    TopicPartition id = newPartition();

    List<Boolean> raised =
        Together.run(
            4,
            writer -> {
              try {
                return Await.result(hot().raiseFence(id, 0, writer + 1)) == writer + 1;
              } catch (ThermoclineException refused) {
                assertThat(refused.kind()).isEqualTo(ErrorKind.CONFLICT);
                assertThat(refused.details())
                    .containsEntry("fence", Long.toString(hot().fence(id)));
                return false;
              }
            });

    assertThat(raised).containsOnlyOnce(true);
    assertThat(hot().fence(id)).isEqualTo(raised.indexOf(true) + 1);
  }

  @Test
  default void eachPartitionHasItsOwnFence() {
    Topic topic = topics().create("orders", 2);
    Await.result(hot().raiseFence(topic.partition(1), 0, 5));

    assertThat(hot().fence(topic.partition(0))).isZero();
    Await.result(hot().append(topic.partition(0), batch()));
    Await.fails(ErrorKind.FENCED, () -> hot().append(topic.partition(1), batch()));
    TopicPartition missing = topic.id().partition(2);
    Await.throwsKind(ErrorKind.NOT_FOUND, () -> hot().fence(missing));
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().raiseFence(missing, 0, 1));
  }

  @Test
  default void aTopicMadeAgainHasNoFence() {
    TopicPartition old = newPartition("orders");
    Await.result(hot().raiseFence(old, 0, 5));
    topics().beginDelete(old.topic(), false);
    topics().finishDelete(old.topic());

    TopicPartition next = newPartition("orders");

    assertThat(hot().fence(next)).isZero();
    Await.result(hot().append(next, batch()));
  }

  @Test
  default void aRepeatIsToldBeforeTheFenceIsAskedAndTheFenceBeforeAllElse() {
    TopicPartition id = newPartition();
    Appended original = Await.result(produce(id, AppendConditions.of(sequence(0))));
    long end = hot().state(id).end();
    Await.result(hot().raiseFence(id, 0, 5));

    assertThat(Await.result(produce(id, AppendConditions.of(sequence(0))))).isEqualTo(original);
    AppendConditions everythingWrong =
        AppendConditions.of(sequence(3)).expecting(end + 3).holding(4);
    Await.fails(ErrorKind.FENCED, () -> produce(id, everythingWrong));
    Await.fails(ErrorKind.FENCED, () -> produce(id, AppendConditions.of(sequence(1))));
    Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> produce(id, everythingWrong.holding(5)));
    ProducerSequence stranger = new ProducerSequence(2, (short) 0, 1);
    Await.fails(
        ErrorKind.OUTCOME_UNKNOWN, () -> produce(id, AppendConditions.of(stranger).holding(4)));
    Await.result(produce(id, AppendConditions.of(sequence(1)).expecting(end).holding(5)));
  }

  private CompletableFuture<Appended> appendHolding(TopicPartition id, long token) {
    return produce(id, AppendConditions.NONE.holding(token));
  }

  private CompletableFuture<Appended> produce(TopicPartition id, AppendConditions conditions) {
    return hot().append(id, batch(), conditions);
  }

  private static ProducerSequence sequence(int baseSequence) {
    return new ProducerSequence(1, (short) 0, baseSequence);
  }

  private static BatchContent batch() {
    return TestBatches.content(StoredRecord.of(0, 0, "key", "value"));
  }
}
