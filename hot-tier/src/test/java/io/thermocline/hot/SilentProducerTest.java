package io.thermocline.hot;

import static io.thermocline.hot.ProducerBatches.produce;
import static io.thermocline.hot.ProducerBatches.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is forgotten, and when: time counts in which a producer was silent, whatever clocks say. */
class SilentProducerTest {
  private static final Duration TEN_YEARS = Duration.ofDays(3652);

  @TempDir Path temporary;

  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void aProducerThatWasSilentForADayIsForgotten() {
    try (TierHarness hot = tier()) {
      produce(hot, 0, 2);
      hot.pass(Duration.ofHours(23));
      note(hot);
      assertThat(Await.result(send(hot, 1)).baseOffset()).isEqualTo(1);
      hot.pass(Duration.ofHours(1));
      note(hot);

      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 1));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, 2));
      Await.result(send(hot, 0));
    }
  }

  @Test
  void aClockThatJumpsMakesNobodyForgotten() {
    for (Duration jump : List.of(TEN_YEARS, TEN_YEARS.negated())) {
      try (TierHarness hot = new TierHarness(temporary.resolve("jump" + jump), disk)) {
        Appended first = Await.result(send(hot, 0));
        hot.clock.advance(jump);
        note(hot);
        assertThat(Await.result(send(hot, 0))).as("%s", jump).isEqualTo(first);

        Appended second = Await.result(send(hot, hot.id, 43, 0));
        hot.restart();
        assertThat(Await.result(send(hot, 0))).as("%s, started", jump).isEqualTo(first);
        hot.clock.advance(jump.negated());
        Await.result(send(hot, hot.id, 44, 0));
        hot.restart();
        note(hot);
        assertThat(Await.result(send(hot, 0))).as("%s and back", jump).isEqualTo(first);
        assertThat(Await.result(send(hot, hot.id, 43, 0))).isEqualTo(second);
      }
    }
  }

  @Test
  void howLongOneIsSilentBeforeItMakesRoomIsNoMatterOfTheClock() {
    try (TierHarness hot = tier()) {
      hot.stop();
      hot.settings =
          hot.settings.withProducers(
              new ProducerLimits(2, 2, Duration.ofDays(1), Duration.ofMinutes(15)));
      hot.open();
      Await.result(send(hot, hot.id, 1, 0));
      Await.result(send(hot, hot.id, 2, 0));
      hot.clock.advance(TEN_YEARS);
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, hot.id, 3, 0));
      hot.restart();
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, hot.id, 3, 0));
      hot.clock.advance(TEN_YEARS.multipliedBy(-2));
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, hot.id, 3, 0));

      hot.pass(Duration.ofMinutes(15));
      Await.result(send(hot, hot.id, 3, 0));
    }
  }

  @Test
  void moreProducersThanAreRememberedAreRefusedUntilOneWasSilent() {
    try (TierHarness hot = tier()) {
      hot.stop();
      hot.settings =
          hot.settings.withProducers(
              new ProducerLimits(2, 3, Duration.ofDays(1), Duration.ofMinutes(15)));
      hot.open();
      TopicPartition other = hot.tier.topics().create("payments", 1).partition(0);
      Await.result(send(hot, hot.id, 1, 0));
      Await.result(send(hot, hot.id, 2, 0));
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, hot.id, 3, 0));
      Await.result(send(hot, other, 1, 0));
      Await.fails(ErrorKind.EXHAUSTED, () -> send(hot, other, 2, 0));
      hot.append("without a producer");

      hot.pass(Duration.ofMinutes(15));
      Await.result(send(hot, hot.id, 1, 1));
      Await.result(send(hot, hot.id, 3, 0));

      Await.result(send(hot, hot.id, 1, 2));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(hot, hot.id, 2, 1));
    }
  }

  /** Has the producers noted, those silent for long forgotten. */
  private static void note(TierHarness hot) {
    long end = hot.append("without a producer") + 1;
    Await.result(hot.tier.seal(hot.id));
    Await.result(hot.tier.trim(hot.id, end));
  }

  private TierHarness tier() {
    return new TierHarness(temporary.resolve("data"), disk);
  }
}
