package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** The part of {@link HotTierConditionsContract} about producers that count their records. */
public interface HotTierSequenceContract extends HotTierSubject {
  /** The producer of these tests. */
  long PRODUCER = 0x7e57_ab1e_0000_0001L;

  /**
   * Brings a producer to {@code next}; of what came before it at most the last record is
   * remembered. Without it the tests of what no test can send, 2 billion records, are skipped.
   */
  default void producerReached(TopicPartition id, ProducerSequence next) {
    throw new TestAbortedException("This subject's producers can't be moved");
  }

  @Test
  default void batchesInSequenceAreAppended() {
    TopicPartition id = newPartition();
    List<StoredRecord> stored = new ArrayList<>();
    int sequence = 0;
    for (int size : new int[] {1, 5, 2, 9}) {
      List<StoredRecord> records = Records.plain(sequence, size);
      Appended place = Await.result(produce(id, at(0, sequence), batch(records)));
      stored.addAll(HotTierSubject.rebased(records, place.baseOffset()));
      sequence += size;
    }

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(stored);
  }

  @Test
  default void aRepeatIsAnsweredWithThePlaceOfTheOriginalAndStoresNothing() {
    TopicPartition id = newPartition();
    BatchContent batch = numbered(3);
    Appended original = Await.result(produce(id, at(0, 0), batch));
    clock().advance(Duration.ofSeconds(7));
    PartitionState before = hot().state(id);

    assertThat(Await.result(produce(id, at(0, 0), batch))).isEqualTo(original);
    assertThat(Await.result(produce(id, at(0, 0), batch))).isEqualTo(original);

    assertThat(hot().state(id)).isEqualTo(before);
    assertThat(Await.result(produce(id, at(0, 3), numbered(2))).baseOffset())
        .isEqualTo(before.end());
  }

  @Test
  default void repeatsThatDoNotWaitForTheirOriginalGetItsPlaceToo() {
    TopicPartition id = newPartition();
    List<CompletableFuture<Appended>> originals = new ArrayList<>();
    List<CompletableFuture<Appended>> repeats = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      BatchContent batch = numbered(1 + i % 3);
      ProducerSequence sequence = at(i, 0);
      originals.add(produce(id, sequence, batch));
      repeats.add(produce(id, sequence, batch));
    }

    List<Appended> places = repeats.stream().map(Await::result).toList();

    assertThat(originals.stream().map(Await::result)).isEqualTo(places);
    assertThat(places).extracting(Appended::baseOffset).isSorted().doesNotHaveDuplicates();
  }

  @Test
  default void repeatsAreToldFromTheLastBatchesOnly() {
    TopicPartition id = newPartition();
    int window = hot().capabilities().producerWindowBatches();
    List<Appended> places = sendOneByOne(id, window + 2);

    for (int i = 2; i < places.size(); i++) {
      assertThat(Await.result(produce(id, at(0, i), numbered(1))))
          .as("sequence %d", i)
          .isEqualTo(places.get(i));
    }
    for (int i = 0; i < 2; i++) {
      ProducerSequence old = at(0, i);
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> produce(id, old, numbered(1)));
    }
    Await.result(produce(id, at(0, window + 2), numbered(1)));
  }

  @Test
  default void aBatchBehindAGapIsRefusedAndTakesNoSequence() {
    TopicPartition id = newPartition();
    Await.result(produce(id, at(0, 0), numbered(2)));
    PartitionState before = hot().state(id);

    Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> produce(id, at(0, 3), numbered(1)));
    Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> produce(id, at(0, 4), numbered(1)));

    assertThat(hot().state(id)).isEqualTo(before);
    Await.result(produce(id, at(0, 2), numbered(1)));
    Await.result(produce(id, at(0, 3), numbered(1)));
  }

  @Test
  default void anotherBatchWithAKnownSequenceIsNoRepeat() {
    TopicPartition id = newPartition();
    Await.result(produce(id, at(0, 0), numbered(3)));
    PartitionState before = hot().state(id);

    Await.fails(ErrorKind.INVALID, () -> produce(id, at(0, 0), numbered(2)));
    Await.fails(ErrorKind.INVALID, () -> produce(id, at(0, 0), batch(Records.plain(100, 3))));
    Await.fails(ErrorKind.INVALID, () -> produce(id, at(0, 1), numbered(2)));

    assertThat(hot().state(id)).isEqualTo(before);
  }

  @Test
  default void aNewEpochBeginsAtZeroAndEndsTheOldOne() {
    TopicPartition id = newPartition();
    Await.result(produce(id, at(0, 0), numbered(2)));
    Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> produce(id, at(3, 2), numbered(1)));

    Await.result(produce(id, at(3, 0), numbered(1)));

    Await.fails(ErrorKind.FENCED, () -> produce(id, at(0, 2), numbered(1)));
    Await.fails(ErrorKind.FENCED, () -> produce(id, at(2, 0), numbered(1)));
    Await.result(produce(id, at(3, 1), numbered(1)));
    Await.fails(ErrorKind.FENCED, () -> produce(id, at(0, 2), numbered(1)));
  }

  @Test
  default void aRepeatIsToldAlsoWhenItsEpochIsOver() {
    TopicPartition id = newPartition();
    Appended original = Await.result(produce(id, at(0, 0), numbered(2)));
    Await.result(produce(id, at(1, 0), numbered(1)));

    assertThat(Await.result(produce(id, at(0, 0), numbered(2)))).isEqualTo(original);
  }

  @Test
  default void whatIsOlderThanTheLastBatchesIsUnknownAlsoWhenItsEpochIsOver() {
    TopicPartition id = newPartition();
    int window = hot().capabilities().producerWindowBatches();
    List<Appended> places = sendOneByOne(id, 2);
    for (int i = 0; i < window - 1; i++) {
      Await.result(produce(id, at(2, i), numbered(1)));
    }

    assertThat(Await.result(produce(id, at(0, 1), numbered(1)))).isEqualTo(places.get(1));
    Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> produce(id, at(0, 0), numbered(1)));
    Await.fails(ErrorKind.FENCED, () -> produce(id, at(0, 2), numbered(1)));

    Await.result(produce(id, at(2, window - 1), numbered(1)));
    PartitionState before = hot().state(id);
    Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> produce(id, at(0, 1), numbered(1)));
    assertThat(hot().state(id)).isEqualTo(before);
  }

  @Test
  default void aProducerNobodyRemembersMayBeginButNotGoOn() {
    TopicPartition id = newPartition();

    for (ProducerSequence later : List.of(at(0, 1), at(7, 100))) {
      ThermoclineException refused = Await.failure(() -> produce(id, later, numbered(1)));
      assertThat(refused.kind()).as(refused.getMessage()).isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
      assertThat(refused.details())
          .as("so that who sends it for the first time knows that it is not stored")
          .containsEntry("producer", "forgotten");
    }

    assertThat(hot().state(id).end()).isZero();
    Await.result(produce(id, at(7, 0), numbered(1)));
    Await.fails(ErrorKind.FENCED, () -> produce(id, at(6, 0), numbered(1)));
  }

  @Test
  default void producersCountForThemselvesInEachPartition() {
    Topic topic = topics().create("orders", 2);
    for (int i = 0; i < 3; i++) {
      for (TopicPartition id : topic.partitions().toList()) {
        for (long producer = 1; producer <= 3; producer++) {
          ProducerSequence next = new ProducerSequence(producer, (short) 0, i);
          Await.result(produce(id, next, numbered(1)));
          append(id, Records.plain(0, 1));
        }
      }
    }
    for (TopicPartition id : topic.partitions().toList()) {
      assertThat(readAll(id, 0, 1 << 20)).hasSize(18);
    }
  }

  @Test
  default void theSequenceBeginsAgainAfterTheLargest() {
    TopicPartition id = newPartition();
    int last = Integer.MAX_VALUE;
    producerReached(id, at(0, last - 4));
    Appended over = Await.result(produce(id, at(0, last - 4), numbered(7)));
    assertThat(at(0, last - 4).nextSequence(6)).isEqualTo(2);

    Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> produce(id, at(0, 3), numbered(1)));
    Await.fails(ErrorKind.INVALID, () -> produce(id, at(0, 1), numbered(1)));
    Await.fails(ErrorKind.INVALID, () -> produce(id, at(0, last), numbered(1)));
    Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> produce(id, at(0, last - 10), numbered(1)));
    assertThat(Await.result(produce(id, at(0, last - 4), numbered(7)))).isEqualTo(over);
    Await.result(produce(id, at(0, 2), numbered(1)));
  }

  @Test
  default void theSequenceEndsExactlyAtTheLargest() {
    TopicPartition id = newPartition();
    producerReached(id, at(0, Integer.MAX_VALUE - 1));

    Appended last = Await.result(produce(id, at(0, Integer.MAX_VALUE - 1), numbered(2)));
    Await.result(produce(id, at(0, 0), numbered(2)));

    assertThat(Await.result(produce(id, at(0, Integer.MAX_VALUE - 1), numbered(2))))
        .isEqualTo(last);
  }

  @Test
  default void repeatsAreToldWhenTheirSegmentIsGone() {
    TopicPartition id = newPartition();
    List<Appended> places = sendOneByOne(id, 5);
    Await.result(hot().seal(id));
    Await.result(hot().trim(id, hot().state(id).end()));
    assertThat(Await.result(produce(id, at(0, 2), numbered(1)))).isEqualTo(places.get(2));

    Await.result(hot().advanceLogStart(id, hot().state(id).end()));

    assertThat(Await.result(produce(id, at(0, 4), numbered(1)))).isEqualTo(places.get(4));
    Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> produce(id, at(0, 6), numbered(1)));
    Await.result(produce(id, at(0, 5), numbered(1)));
  }

  @Test
  default void aBadBatchTakesNoSequence() {
    TopicPartition id = newPartition();
    BatchContent bad = BatchDamage.all().findFirst().orElseThrow().batch();

    Await.fails(ErrorKind.INVALID, () -> produce(id, at(0, 0), bad));

    Await.result(produce(id, at(0, 0), numbered(1)));
  }

  @Test
  default void theSequenceIsJudgedBeforeTheOffset() {
    TopicPartition id = newPartition();
    Appended original = Await.result(produce(id, at(0, 0), numbered(1)));
    long end = hot().state(id).end();

    AppendConditions repeat = AppendConditions.of(at(0, 0)).expecting(end + 10);
    AppendConditions gap = AppendConditions.of(at(0, 2)).expecting(end + 10);
    AppendConditions wrongOffset = AppendConditions.of(at(0, 1)).expecting(end + 10);

    assertThat(Await.result(hot().append(id, numbered(1), repeat))).isEqualTo(original);
    Await.fails(ErrorKind.OUT_OF_SEQUENCE, () -> hot().append(id, numbered(1), gap));
    Await.fails(ErrorKind.CONFLICT, () -> hot().append(id, numbered(1), wrongOffset));
    AppendConditions right = AppendConditions.of(at(0, 1)).expecting(end);
    assertThat(Await.result(hot().append(id, numbered(1), right)).baseOffset()).isEqualTo(end);
  }

  /** Sends batches of one record each, in sequence from 0, waiting for each. */
  default List<Appended> sendOneByOne(TopicPartition id, int count) {
    List<Appended> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      places.add(Await.result(produce(id, at(0, i), numbered(1))));
    }
    return places;
  }

  /** Hands over a batch of a producer. */
  default CompletableFuture<Appended> produce(
      TopicPartition id, ProducerSequence sequence, BatchContent batch) {
    return hot().append(id, batch, AppendConditions.of(sequence));
  }

  /** Where a batch of the {@link #PRODUCER} stands. */
  static ProducerSequence at(int epoch, int sequence) {
    return new ProducerSequence(PRODUCER, (short) epoch, sequence);
  }

  /** The same {@code count} records each time. */
  static BatchContent numbered(int count) {
    return batch(Records.plain(0, count));
  }

  private static BatchContent batch(List<StoredRecord> records) {
    return TestBatches.content(Compression.NONE, records);
  }
}
