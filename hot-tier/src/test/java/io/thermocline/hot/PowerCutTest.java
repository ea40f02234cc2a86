package io.thermocline.hot;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power fails at random moments of a tier's life, also while it recovers, and what the disk may
 * hold then is opened: whatever was acknowledged or read is there with its bytes, no offset is
 * given again, and opening it once more changes nothing.
 *
 * <p>The seed draws what is asked of the tier, when the power fails and what is left; which of its
 * threads comes first is not drawn. So an image that fails is written to {@code target/power-cuts}.
 * The long run: {@code -Dimages=100000}, {@code -Dseed=N} to begin with another seed.
 */
class PowerCutTest {
  private static final int IMAGES = Integer.getInteger("images", 400);
  private static final int IMAGES_A_SEED = 200;

  static LongStream seeds() {
    long first = Long.getLong("seed", 1);
    return LongStream.range(first, first + Math.max(1, IMAGES / IMAGES_A_SEED));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nothingPromisedIsLostWheneverThePowerFails(long seed) {
    new PowerCutRun(seed).run(IMAGES_A_SEED);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void whatAKilledProcessLeftUnforcedIsNotTrusted(long seed) {
    new PowerCutRun(seed).runKilledAtEachCall(25);
  }
}
