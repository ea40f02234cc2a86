package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.schedule.Scenario;
import io.thermocline.testkit.schedule.Schedule;
import io.thermocline.testkit.schedule.ScheduledCode;
import org.junit.jupiter.api.Test;

/**
 * Group commit, journal, roll, trim, upkeep, conditions, failed forces and the stop, under many
 * orders of threads: each lock, field, file and future is a place where another thread may go on.
 * The long run: {@code -Dschedules=100000}, {@code -Dseed=N} to begin with another seed; the seed
 * of a failure plays it again.
 */
class ScheduleTest {
  private static final int SCHEDULES = Integer.getInteger("schedules", 1_000);
  private static final long SEED = Long.getLong("seed", 1);

  /** Places that a run has, more or less; the same for all, so that each seed plays alone. */
  private static final int LENGTH = 2_000;

  private final Scenario scenario =
      new ScheduledCode("io.thermocline.hot").scenario("io.thermocline.hot.HotScenario");

  @Test
  void whatIsPromisedHoldsInWhateverOrderThreadsGoOn() {
    playWhereClassesBegin();
    long began = System.nanoTime();
    long changes = 0;
    for (long seed = SEED; seed < SEED + SCHEDULES; seed++) {
      Schedule.Played played = Schedule.play(scenario, seed, LENGTH);
      changes += played.changes();
      if ((seed - SEED + 1) % 10_000 == 0) {
        report(seed - SEED + 1, changes, began);
      }
    }
    report(SCHEDULES, changes, began);
  }

  /** The first run has places of its own: each seed comes after it, whichever seed is first. */
  private void playWhereClassesBegin() {
    Schedule.Played unused = Schedule.play(scenario, 0, LENGTH);
  }

  private static void report(long schedules, long changes, long began) {
    System.out.printf(
        "%d schedules, %d changes of threads, %d s%n",
        schedules, changes, (System.nanoTime() - began) / 1_000_000_000);
  }

  @Test
  void theSameSeedIsTheSameOrder() {
    playWhereClassesBegin();
    for (long seed = 1; seed < 20; seed++) {
      assertThat(Schedule.play(scenario, seed, LENGTH))
          .isEqualTo(Schedule.play(scenario, seed, LENGTH));
    }
  }
}
