package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private long nanos = 77;
  private Duration waited = Duration.ZERO;

  private final Pace pace =
      new Pace(
          1_000,
          () -> nanos,
          time -> {
            waited = waited.plus(time);
            nanos += time.toNanos();
          });

  @Test
  void whatWasSavedUpInASecondIsFree() {
    pace.take(600);
    pace.take(400);
    assertThat(waited).isZero();
  }

  @Test
  void holdsToTheRateHoweverItIsCut() {
    for (int i = 0; i < 100; i++) {
      pace.take(50);
    }
    assertThat(waited).isBetween(Duration.ofMillis(3_999), Duration.ofMillis(4_001));
  }

  @Test
  void neverSavesUpMoreThanASecond() {
    nanos += Duration.ofDays(1).toNanos();
    pace.take(1_500);
    assertThat(waited).isBetween(Duration.ofMillis(499), Duration.ofMillis(501));
  }
}
