package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The process dies or the power fails in each step of the journal's life: whatever was acknowledged
 * is there, once, and no frame of an earlier round is laid over newer data. The long run: {@code
 * -Dlives=500}, {@code -Dseed=N} to begin with another seed.
 */
class JournalRoundsTest {
  private static final int LIVES = Integer.getInteger("lives", 2);
  private static final int LIVES_A_SEED = 2;

  /** What a life meets hangs on the threads' turns too. */
  private static final int MOST_LIVES_A_SEED = 20;

  static LongStream seeds() {
    long first = Long.getLong("seed", 1);
    return LongStream.range(first, first + LIVES / LIVES_A_SEED);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noStepOfTheJournalLosesOrDoublesAnything(long seed) {
    JournalRounds rounds = new JournalRounds(seed);
    // Where all is in the checkpoint already, there is no tail to be written again.
    Set<JournalWatch.Step> always = EnumSet.allOf(JournalWatch.Step.class);
    boolean unused = always.remove(JournalWatch.Step.START_WRITES_A_TAIL);
    rounds.run(LIVES_A_SEED);
    int lives = LIVES_A_SEED;
    while (lives++ < MOST_LIVES_A_SEED && !rounds.met().containsAll(always)) {
      rounds.run(1);
    }
    System.out.printf("Seed %d: %d images%n", seed, rounds.images());
    assertThat(rounds.met()).containsAll(always);
  }
}
