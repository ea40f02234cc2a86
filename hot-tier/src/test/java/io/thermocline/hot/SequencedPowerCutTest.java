package io.thermocline.hot;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The power fails while producers send in sequence: whatever they send again after it, no batch is
 * stored twice or left out. More lives: {@code -Dlives=200}, {@code -Dseed=N} for other ones.
 */
class SequencedPowerCutTest {
  private static final int LIVES = Integer.getInteger("lives", 8);
  private static final int CRASHES = 12;
  private static final int STEPS = 200;

  static LongStream seeds() {
    long first = Long.getLong("seed", 1);
    return LongStream.range(first, first + LIVES);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noBatchIsStoredTwiceOrLeftOutWheneverThePowerFails(long seed) {
    new SequencedLife(seed).run(CRASHES, STEPS);
  }
}
