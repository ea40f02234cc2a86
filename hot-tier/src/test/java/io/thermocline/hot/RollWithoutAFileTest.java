package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.ErrorKind;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import org.junit.jupiter.api.Test;

/**
 * A segment that could not be ended, for want of a file descriptor, goes on; and a power cut later
 * nothing says that it ended there.
 */
class RollWithoutAFileTest {
  private static final int IMAGES = 100;

  @Test
  void whatIsAppendedAfterARollThatDidNotHappenIsThereWhateverAPowerCutLeaves() {
    SimulatedDisk disk = new SimulatedDisk(ManualClock.start());
    PowerCut cut;
    try (TierHarness hot = on(disk)) {
      hot.append("a");
      disk.fault(
          (op, path) -> {
            if (op == DiskOp.OPEN && path.equals(hot.partitionDirectory())) {
              throw DiskFault.injected(op, path);
            }
          });
      Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.seal(hot.id));
      disk.fault(DiskFault.NONE);
      assertThat(hot.append("b")).isEqualTo(1);
      cut = disk.cut();
    }
    for (long image = 0; image < IMAGES; image++) {
      try (TierHarness again = on(cut.image(image))) {
        assertThat(again.readAll(0)).as("image %d", image).containsExactly("0:a", "1:b");
      }
    }
  }

  private static TierHarness on(SimulatedDisk disk) {
    return new TierHarness(disk.getPath("/data"), new LocalDisk());
  }
}
