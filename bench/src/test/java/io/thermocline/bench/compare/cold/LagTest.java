package io.thermocline.bench.compare.cold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LagTest {
  @Test
  void aSawOfOneFileIsFlatOnceItIsFull() {
    assertThat(lag(LongStream.range(0, 90).map(i -> 500 + i % 10 * 10)).isFlat()).isTrue();
  }

  @Test
  void whatFillsUpInTheFirstThirdIsFlat() {
    assertThat(lag(LongStream.range(0, 90).map(i -> Math.min(i * 40, 1200))).isFlat()).isTrue();
  }

  @Test
  void whatGrowsByMoreThanATenthAndAFileIsNot() {
    assertThat(lag(LongStream.range(0, 90).map(i -> i * 20)).isFlat()).isFalse();
  }

  @Test
  void nothingIsSaidOfHardlyAnyTime() {
    assertThat(lag(LongStream.of(1, 1)).isFlat()).isFalse();
  }

  private static Lag lag(LongStream untiered) {
    Lag lag = new Lag(100);
    untiered.forEach(lag::add);
    return lag;
  }
}
