package io.thermocline.testkit.schedule;

import java.util.Random;

/** What is run under many schedules. Made by {@link ScheduledCode}, used by one run at a time. */
public interface Scenario {
  /**
   * Sets the stage, has several threads act, and looks at what came of it.
   *
   * @param schedule starts the threads; they take turns by the seed while it {@link
   *     Schedule#interleave interleaves}
   * @param random draws who takes part
   */
  void play(Schedule schedule, Random random);
}
