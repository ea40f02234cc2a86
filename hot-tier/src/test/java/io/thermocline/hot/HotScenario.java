package io.thermocline.hot;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.Topic;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import io.thermocline.testkit.schedule.Scenario;
import io.thermocline.testkit.schedule.Schedule;
import java.util.Random;

/**
 * A tier that is used, and stopped, by several threads: see {@link HotPlay}. Each play begins on
 * the same disk.
 */
final class HotScenario implements Scenario {
  private Stage stage;

  /**
   * What each play begins with.
   *
   * @param kept has two partitions
   * @param deleted has one, and may be deleted
   */
  record Stage(PowerCut disk, Topic kept, Topic deleted) {}

  @Override
  public void play(Schedule schedule, Random random) {
    if (stage == null) {
      stage = make();
    }
    new HotPlay(schedule, random, stage).play();
  }

  private static Stage make() {
    SimulatedDisk disk = new SimulatedDisk(ManualClock.start());
    HotOpening opening =
        HotOpening.open(
            HotPlay.settings(disk, 1),
            ManualClock.start(),
            System::nanoTime,
            new SimpleMeterRegistry(),
            new LocalDisk(),
            settings -> new HotThreads(settings, new ScheduledThreads()));
    Topic kept;
    Topic deleted;
    try (EmbeddedHotTier tier = new EmbeddedHotTier(opening)) {
      kept = tier.topics().create("kept", 2);
      deleted = tier.topics().create("deleted", 1);
    }
    return new Stage(disk.cut(), kept, deleted);
  }
}
