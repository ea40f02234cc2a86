package io.thermocline.hot.producers;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.testkit.Await;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProducerTableTest {
  private static final int WINDOW = ProducerTable.WINDOW_BATCHES;

  private final AtomicInteger known = new AtomicInteger();
  private final ProducerTable table =
      new ProducerTable(
          new ProducerCensus(
              new ProducerLimits(3, 100, Duration.ofDays(1), Duration.ofMinutes(15)), known));

  @Test
  void theRingGrowsAndTurnsWithoutForgettingTheWindow() {
    for (int i = 0; i < 5 * WINDOW; i++) {
      assertThat(table.original(at(1, i), 0, i)).isNull();
      table.stored(batch(1, i, 100 + i, i));
      for (int back = 0; back < Math.min(i + 1, WINDOW); back++) {
        assertThat(table.original(at(1, i - back), 0, i - back).place())
            .isEqualTo(new Appended(100 + i - back, i - back));
      }
    }
    Await.throwsKind(
        ErrorKind.OUTCOME_UNKNOWN, () -> table.original(at(1, 4 * WINDOW - 1), 0, 4 * WINDOW - 1));
  }

  @Test
  void whatFollowsOnAHoleIsKnownAndWhatLiesBeforeItIsNot() {
    table.stored(batch(1, 0, 10, 0));
    table.stored(batch(1, 5, 20, 0));

    assertThat(table.original(at(1, 5), 0, 5).end()).isEqualTo(21);
    Await.throwsKind(ErrorKind.OUTCOME_UNKNOWN, () -> table.original(at(1, 0), 0, 0));
    Await.throwsKind(ErrorKind.OUTCOME_UNKNOWN, () -> table.original(at(1, 3), 0, 3));
    table.check(at(1, 6), 0);
  }

  @Test
  void whatIsTakenInTwiceChangesNothing() {
    table.stored(batch(1, 0, 10, 0));
    table.stored(batch(1, 1, 11, 0));
    table.stored(batch(1, 0, 10, 0));

    table.check(at(1, 2), 0);
    assertThat(table.since(0)).hasSize(2);
    assertThat(table.since(11)).hasSize(1);
  }

  @Test
  void theLeastRecentlyUsedMakesRoomWhenItWasSilentForLong() {
    long quarter = Duration.ofMinutes(15).toMillis();
    for (int producer = 1; producer <= 3; producer++) {
      table.stored(batch(producer, 0, producer, producer));
    }
    table.stored(batch(1, 1, 4, 4));
    Await.throwsKind(ErrorKind.EXHAUSTED, () -> table.check(at(9, 0), quarter));

    table.check(at(9, 0), quarter + 2);
    table.stored(batch(9, 0, 5, quarter + 2));

    assertThat(known).hasValue(3);
    Await.throwsKind(ErrorKind.OUTCOME_UNKNOWN, () -> table.original(at(2, 1), 0, 0));
    table.check(at(1, 2), quarter + 2);
    table.check(at(3, 1), quarter + 2);
  }

  @Test
  void theSilentAreForgottenAndTheirPlacesAreFree() {
    table.stored(batch(1, 0, 1, 0));
    table.stored(batch(2, 0, 2, 1));
    table.forgetSilent(Duration.ofDays(1).toMillis());

    assertThat(known).hasValue(1);
    assertThat(table.original(at(1, 0), 0, 0)).isNull();
    assertThat(table.original(at(2, 0), 0, 0)).isNotNull();
    table.forgetAll();
    assertThat(known).hasValue(0);
  }

  private static ProducerSequence at(long producer, int sequence) {
    return new ProducerSequence(producer, (short) 0, sequence);
  }

  /** A batch of one record, with its sequence for a checksum. */
  private static ProducerBatch batch(long producer, int sequence, long offset, long timeMillis) {
    return new ProducerBatch(producer, (short) 0, sequence, 0, sequence, offset, timeMillis);
  }
}
