package io.thermocline.gateway.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplayPaceTest {
  private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long AT_ONCE = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long LATE = TimeUnit.MILLISECONDS.toNanos(3);

  /** Such a clock may begin anywhere. */
  private long now = Long.MAX_VALUE - 5 * WINDOW;

  private final ReplayPace pace = new ReplayPace(now);

  private void window(long... waits) {
    now += WINDOW;
    for (long wait : waits) {
      pace.served(wait, now);
    }
  }

  private void windows(int count, long wait) {
    for (int i = 0; i < count; i++) {
      window(wait);
    }
  }

  @Test
  void nothingRestsWhereNobodyFollows() {
    assertThat(pace.rest(now)).isZero();
    now += 1000 * WINDOW;
    assertThat(pace.rest(now)).isZero();
  }

  @Test
  void nothingRestsWhileThoseAtTheEndAreServedAtOnce() {
    windows(1000, AT_ONCE);
    assertThat(pace.rest(now)).isZero();
  }

  @Test
  void oneWhoWaitsMakesReplaysRestHoweverManyDoNot() {
    window(AT_ONCE, LATE, AT_ONCE);
    window(AT_ONCE);
    assertThat(pace.rest(now)).isPositive();
  }

  @Test
  void theRestGrowsWhileTailsWaitButAReplayAlwaysGoesOn() {
    windows(3, LATE);
    long soon = pace.rest(now);
    windows(3, LATE);
    assertThat(pace.rest(now)).isGreaterThan(2 * soon);
    windows(1000, LATE);
    assertThat(pace.rest(now)).isEqualTo(ReplayPace.LONGEST_REST_NANOS);
  }

  @Test
  void theRestShrinksSlowlyAndEndsOnceTailsAreServedAtOnceAgain() {
    windows(100, LATE);
    windows(2, AT_ONCE);
    assertThat(pace.rest(now)).isGreaterThan(ReplayPace.LONGEST_REST_NANOS / 10 * 9);
    windows(1000, AT_ONCE);
    assertThat(pace.rest(now)).isZero();
  }

  @Test
  void aLateTailNowAndThenAsWhenGarbageIsCollectedDoesNotSlowReplaysDown() {
    for (int i = 0; i < 100; i++) {
      window(LATE);
      windows(99, AT_ONCE);
    }
    assertThat(pace.rest(now)).isLessThan(TimeUnit.MILLISECONDS.toNanos(1));
  }

  @Test
  void onceNobodyFollowsAnyMoreNothingRests() {
    windows(100, LATE);
    now += 11 * WINDOW;
    assertThat(pace.rest(now)).isZero();
    windows(1, AT_ONCE);
    assertThat(pace.rest(now)).isZero();
  }
}
