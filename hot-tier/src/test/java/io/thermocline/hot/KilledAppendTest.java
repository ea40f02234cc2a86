package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.directory.HotRestore;
import io.thermocline.hot.directory.HotRestore.Restored;
import io.thermocline.hot.directory.HotRestore.Start;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A process that is killed in its first append to a log, and a power cut in its successor's. */
class KilledAppendTest {
  private static final Topic TOPIC =
      new Topic(new TopicId(new UUID(3, 4), "orders"), 1, Instant.EPOCH);

  @Test
  void aFileThatItsMakerDidNotLiveToNameDurablyIsNamedBeforeItCounts() {
    SimulatedDisk disk = new SimulatedDisk(ManualClock.start());
    try (HotRestore restore = HotRestore.take(disk.getPath("/data/hot"))) {
      restore.make(new UUID(1, 2), List.of(new Restored(TOPIC, Map.of(0, new Start(0, 7, 0, 0)))));
    }
    PowerCut[] killed = {null};
    try (TierHarness hot = on(disk)) {
      hot.restart();
      disk.fault(
          (op, path) -> {
            if (killed[0] == null
                && op == DiskOp.FORCE_DIRECTORY
                && path.equals(hot.partitionDirectory())) {
              killed[0] = disk.cut();
            }
          });
      assertThat(hot.append("unanswered")).isEqualTo(7);
    }
    SimulatedDisk left = killed[0].afterKill();
    SimulatedDisk cut;
    try (TierHarness hot = on(left)) {
      assertThat(hot.append("a")).isEqualTo(7);
      cut = left.cut().forcedOnly();
    }
    try (TierHarness hot = on(cut)) {
      assertThat(hot.readAll(7)).containsExactly("7:a");
    }
  }

  private static TierHarness on(SimulatedDisk disk) {
    return new TierHarness(disk.getPath("/data/hot"), new LocalDisk());
  }
}
