package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AppendTimesTest {
  private static long[] believable(long created, long now, long... times) {
    return AppendTimes.believable(times, created, now);
  }

  @Test
  void timesInOrderStand() {
    assertThat(believable(0, 100, 10, 20, 20, 90)).containsExactly(10, 20, 20, 90);
  }

  @Test
  void aTimeInTheFutureIsTakenFromTheNextThatCanBeBelieved() {
    assertThat(believable(0, 100, 10, 5_000, 5_001, 30)).containsExactly(10, 30, 30, 30);
    assertThat(believable(0, 100, 10, 5_000)).containsExactly(10, 100);
  }

  @Test
  void aTimeBeforeItsPredecessorIsTakenFromTheNextInOrder() {
    assertThat(believable(0, 100, 50, 1, 2, 60)).containsExactly(50, 60, 60, 60);
    assertThat(believable(0, 100, 50, 1)).containsExactly(50, 100);
  }

  @Test
  void aTimeBeforeTheTopicWasCreatedIsNotBelieved() {
    assertThat(believable(40, 100, 1, 2, 60)).containsExactly(60, 60, 60);
  }

  @Test
  void aTopicCreatedInTheFutureDoesNotHoldUpEverything() {
    assertThat(believable(5_000, 100, 10, 20)).containsExactly(10, 20);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#many")
  void aRunWithATrueTimeIsNeverTakenForOlder(long seed) {
    Random random = new Random(seed);
    int runs = 1 + random.nextInt(12);
    long[] truth = new long[runs];
    long[] shown = new long[runs];
    long time = 1_000_000;
    long skew = 0;
    for (int i = 0; i < runs; i++) {
      time += random.nextInt(1_000);
      if (random.nextInt(3) == 0) {
        skew = random.nextBoolean() ? 0 : random.nextInt(-900_000, 900_000);
      }
      truth[i] = time;
      shown[i] = time + skew;
    }
    long now = time + random.nextInt(100);
    long[] believed = AppendTimes.believable(shown, 1_000_000, now);
    for (int i = 0; i < runs; i++) {
      boolean clockWasBehindForAllLater = believed[i] < truth[i];
      assertThat(clockWasBehindForAllLater && shown[i] == truth[i]).isFalse();
      assertThat(believed[i]).isLessThanOrEqualTo(now);
      assertThat(i == 0 || believed[i] >= believed[i - 1]).isTrue();
    }
  }
}
