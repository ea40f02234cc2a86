package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.ErrorKind;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * After a force that failed the page cache shows bytes that the disk does not have, and a second
 * force does not bring them there.
 */
class FailedForceTest {

  @Test
  void nothingIsAcknowledgedLaterAndARestartWritesTheTailAgainBeforeItCounts() {
    SimulatedDisk disk = new SimulatedDisk(ManualClock.start());
    SimulatedDisk killed;
    try (TierHarness hot = on(disk)) {
      hot.append("a");
      disk.fault(DiskFault.failing(DiskOp.FORCE, ".log"));
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.append(hot.id, Batches.of("b")));
      disk.fault(DiskFault.NONE);
      Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.append(hot.id, Batches.of("c")));
      assertThat(hot.tier.healthy()).isFalse();
      killed = disk.cut().afterKill();
    }
    try (TierHarness again = on(killed)) {
      // Nobody was promised this one, but now it is read.
      assertThat(again.readAll(0)).containsExactly("0:a", "1:b");
      assertThat(again.tier.healthy()).isTrue();
      try (TierHarness last = on(killed.cut().forcedOnly())) {
        assertThat(last.readAll(0)).containsExactly("0:a", "1:b");
      }
    }
  }

  @Test
  void aSecondForceThatReportsSuccessWouldProveNothing() {
    SimulatedDisk disk = new SimulatedDisk(ManualClock.start());
    AtomicBoolean failed = new AtomicBoolean();
    try (TierHarness hot = on(disk)) {
      hot.append("a");
      disk.fault(
          (op, path) -> {
            boolean segment = path.getFileName().toString().endsWith(".log");
            if (op == DiskOp.FORCE && segment && failed.compareAndSet(false, true)) {
              throw DiskFault.injected(op, path);
            }
          });
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> hot.tier.append(hot.id, Batches.of("b")));
      Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.append(hot.id, Batches.of("c")));
      assertThat(hot.readAll(0)).containsExactly("0:a");
    }
  }

  private static TierHarness on(SimulatedDisk disk) {
    return new TierHarness(disk.getPath("/data"), new LocalDisk());
  }
}
