package io.thermocline.hot.producers;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.testkit.Await;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProducerTableTest {
  private static final int WINDOW = ProducerTable.WINDOW_BATCHES;

  private final AtomicInteger known = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final ProducerCensus census =
      new ProducerCensus(
          new ProducerLimits(3, 5, Duration.ofDays(1), Duration.ofMinutes(15)), known, nanos::get);
  private final ProducerTable table = new ProducerTable(census);

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
    table.check(at(1, 6));
  }

  @Test
  void whatIsTakenInTwiceChangesNothing() {
    table.stored(batch(1, 0, 10, 0));
    table.stored(batch(1, 1, 11, 0));
    table.stored(batch(1, 0, 10, 0));

    table.check(at(1, 2));
    assertThat(table.since(0)).hasSize(2);
    assertThat(table.since(11)).hasSize(1);
  }

  @Test
  void theLeastRecentlyUsedMakesRoomWhenItWasSilentForLong() {
    for (int producer = 1; producer <= 3; producer++) {
      table.stored(batch(producer, 0, producer, 0));
    }
    pass(Duration.ofMillis(1));
    table.stored(batch(1, 1, 4, 0));
    table.stored(batch(3, 1, 5, 0));
    pass(Duration.ofMinutes(15).minusMillis(2));
    Await.throwsKind(ErrorKind.EXHAUSTED, () -> table.check(at(9, 0)));

    pass(Duration.ofMillis(1));
    table.check(at(9, 0));
    table.stored(batch(9, 0, 6, 0));

    assertThat(known).hasValue(3);
    Await.throwsKind(ErrorKind.OUTCOME_UNKNOWN, () -> table.original(at(2, 1), 0, 0));
    table.check(at(1, 2));
    table.check(at(3, 2));
  }

  @Test
  void theSilentAreForgottenAndTheirPlacesAreFree() {
    table.stored(batch(1, 0, 1, 0));
    pass(Duration.ofMillis(1));
    table.stored(batch(2, 0, 2, 0));
    pass(Duration.ofDays(1).minusMillis(1));
    table.forgetSilent();

    assertThat(known).hasValue(1);
    assertThat(table.original(at(1, 0), 0, 0)).isNull();
    assertThat(table.original(at(2, 0), 0, 0)).isNotNull();
    table.forgetAll();
    assertThat(known).hasValue(0);
  }

  @Test
  void aJumpInTheTimesOfWhatIsRecoveredProvesNoSilence() {
    long tenYears = Duration.ofDays(3650).toMillis();
    table.recovered(batch(1, 0, 1, 0));
    table.recovered(batch(2, 0, 2, tenYears));
    table.recovered(batch(3, 0, 3, 0));
    table.recovered(batch(3, 1, 4, -tenYears));
    table.recovered(batch(3, 2, 5, tenYears));
    table.forgetSilent();
    assertThat(table.size()).isEqualTo(3);
    Await.throwsKind(ErrorKind.EXHAUSTED, () -> table.check(at(9, 0)));

    pass(Duration.ofMinutes(15));
    table.check(at(9, 0));
  }

  @Test
  void smallStepsInTheTimesOfWhatIsRecoveredAddUp() {
    table.recovered(batch(1, 0, 0, 0));
    for (int minute = 1; minute <= Duration.ofDays(1).toMinutes(); minute++) {
      table.recovered(batch(2, minute - 1, minute, Duration.ofMinutes(minute).toMillis()));
      table.recovered(batch(1, 0, 0, 0));
    }
    table.forgetSilent();

    assertThat(table.size()).isEqualTo(1);
    table.check(at(2, (int) Duration.ofDays(1).toMinutes()));
  }

  @Test
  void whatAnotherPartitionRemembersMakesRoomToo() {
    ProducerTable empty = new ProducerTable(census);
    ProducerTable other = new ProducerTable(census);
    for (int producer = 1; producer <= 3; producer++) {
      table.stored(batch(producer, 0, producer, 0));
      if (producer < 3) {
        other.stored(batch(producer, 0, producer, 0));
      }
    }
    pass(Duration.ofMinutes(15).minusMillis(1));
    table.forgetSilent();
    Await.throwsKind(ErrorKind.EXHAUSTED, () -> empty.check(at(9, 0)));

    pass(Duration.ofMillis(1));
    table.forgetSilent();
    empty.check(at(9, 0));
    assertThat(known).hasValue(4);
  }

  private void pass(Duration time) {
    long unused = nanos.addAndGet(time.toNanos());
  }

  private static ProducerSequence at(long producer, int sequence) {
    return new ProducerSequence(producer, (short) 0, sequence);
  }

  /** A batch of one record, with its sequence for a checksum. */
  private static ProducerBatch batch(long producer, int sequence, long offset, long timeMillis) {
    return new ProducerBatch(producer, (short) 0, sequence, 0, sequence, offset, timeMillis);
  }
}
