package io.thermocline.server;

import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The power fails at random moments of opening, writing, tiering, committing, trimming, merging and
 * upkeep, with the hot tier and the warehouse on the disk whose images are opened: every record
 * that was acknowledged is read at its offset with its bytes, from one tier or the other, and after
 * all has been tiered once more each is in the table exactly once.
 *
 * <p>The catalog is the real one. SQLite is native code and can't run on a simulated disk; it is
 * what its committed transactions are at the moment of the cut that goes into the image. That a
 * transaction which was answered is on the disk is SQLite's own promise ({@code synchronous=FULL},
 * its directory forced by us); so the image has the catalog at its latest and everything it points
 * to at its earliest, which is the hard case.
 *
 * <p>The long run: {@code -Dimages=1000}, {@code -Dseed=N} to begin with another seed.
 */
class TieredPowerCutTest {
  private static final int IMAGES = Integer.getInteger("images", 10);
  private static final int IMAGES_A_SEED = 10;

  static LongStream seeds() {
    long first = Long.getLong("seed", 1);
    return LongStream.range(first, first + Math.max(1, IMAGES / IMAGES_A_SEED));
  }

  @TempDir Path catalogs;

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noRecordIsLostOrTwiceInTheTableWheneverThePowerFails(long seed) {
    new TieredPowerCutRun(seed, catalogs).run(IMAGES_A_SEED);
  }
}
