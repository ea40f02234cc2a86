package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Batches with a sequence, each of one record, and what a tier has to remember of them. */
final class ProducerBatches {
  /** How many batches of a producer a log remembers. */
  static final int WINDOW = 64;

  private ProducerBatches() {}

  /** Every batch in the window is told from a new one, those before it are unknown. */
  static void assertRemembered(TierHarness hot, List<Appended> places) {
    for (int i = 0; i < places.size(); i++) {
      int sequence = i;
      if (i < places.size() - WINDOW) {
        Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, sequence));
      } else {
        assertThat(Await.result(send(hot, sequence)))
            .as("sequence %d", sequence)
            .isEqualTo(places.get(i));
      }
    }
    assertThat(hot.tier.state(hot.id).end()).isEqualTo(places.size());
  }

  static List<Appended> produce(TierHarness hot, int from, int count) {
    List<Appended> places = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      places.add(Await.result(send(hot, i)));
    }
    return places;
  }

  static CompletableFuture<Appended> send(TierHarness hot, int sequence) {
    return send(hot, hot.id, 42, sequence);
  }

  static CompletableFuture<Appended> send(
      TierHarness hot, TopicPartition id, long producer, int sequence) {
    return hot.tier.append(
        id, batch(), AppendConditions.of(new ProducerSequence(producer, (short) 0, sequence)));
  }

  static BatchContent batch() {
    return Batches.of("v");
  }
}
