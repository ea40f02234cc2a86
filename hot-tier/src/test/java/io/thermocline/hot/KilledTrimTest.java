package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.directory.Metadata;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A process that is killed in a trim, and a power cut while the next one goes on with it. */
class KilledTrimTest {
  private final ManualClock clock = ManualClock.start();

  @Test
  void aStartDeletesNothingBeforeTheMetadataThatLetsItGoIsDurable() throws IOException {
    SimulatedDisk disk = new SimulatedDisk(clock);
    PowerCut[] killed = {null};
    TopicPartition id;
    try (HotLife life = life(disk)) {
      life.open();
      EmbeddedHotTier tier = life.tier();
      id = tier.topics().create("orders", 1).partition(0);
      var unused = Await.result(tier.append(id, Batches.of("a", "b")));
      Await.result(tier.seal(id));
      boolean[] renamed = {false};
      disk.fault(
          (op, path) -> {
            renamed[0] |= op == DiskOp.RENAME && path.endsWith("metadata");
            if (renamed[0] && killed[0] == null && op == DiskOp.FORCE_DIRECTORY) {
              killed[0] = disk.cut();
            }
          });
      assertThat(Await.result(tier.trim(id, 2))).isEqualTo(2);
    }
    SimulatedDisk left = killed[0].afterKill();
    List<SimulatedDisk> atDeletes = new ArrayList<>();
    left.fault(
        (op, path) -> {
          if (op == DiskOp.DELETE && path.toString().endsWith(".log")) {
            atDeletes.add(left.cut().forcedOnly());
          }
        });
    try (HotLife life = life(left)) {
      life.open();
      assertThat(life.tier().state(id).hotStart()).isEqualTo(2);
    }
    assertThat(atDeletes).isNotEmpty();
    for (SimulatedDisk atDelete : atDeletes) {
      Metadata durable =
          MetadataFile.look(new LocalDisk(), atDelete.getPath("/data/hot/metadata")).orElseThrow();
      assertThat(durable.partition(id).trimmedTo()).as("trimmed to, durably").isEqualTo(2);
    }
  }

  private HotLife life(SimulatedDisk disk) {
    return new HotLife(
        disk, clock, new Random(1), new AtomicLong(), new Promises(), unexpected -> false);
  }
}
