package io.thermocline.hot.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HotRestoreTest {
  private static final UUID CLUSTER = new UUID(1, 2);

  private final SimulatedDisk disk = new SimulatedDisk(ManualClock.start());

  @Test
  void whatAKilledRunLeftIsDurableOnceItWasFound() {
    PowerCut[] killed = {null};
    boolean[] renamed = {false};
    disk.fault(
        (op, path) -> {
          renamed[0] |= op == DiskOp.RENAME && path.endsWith("metadata");
          if (renamed[0] && killed[0] == null && op == DiskOp.FORCE_DIRECTORY) {
            killed[0] = disk.cut();
          }
        });
    try (HotRestore hot = restore(disk)) {
      hot.make(CLUSTER, List.of());
    }
    SimulatedDisk left = killed[0].afterKill();
    try (HotRestore hot = restore(left)) {
      assertThat(hot.cluster()).contains(CLUSTER);
    }
    try (HotRestore hot = restore(left.cut().forcedOnly())) {
      assertThat(hot.cluster()).as("after a power cut").contains(CLUSTER);
    }
  }

  @Test
  void topicsWhoseNameIsNotDurableMayHaveBeenMadeOrNot() {
    try (HotRestore hot = restore(disk)) {
      disk.fault(DiskFault.failing(DiskOp.FORCE_DIRECTORY, "hot"));
      assertThat(kindOfMake(hot)).isEqualTo(ErrorKind.OUTCOME_UNKNOWN);

      assertThatThrownBy(hot::cluster).isInstanceOf(ThermoclineException.class);
      disk.fault(DiskFault.NONE);
      assertThat(hot.cluster()).contains(CLUSTER);
    }
  }

  @Test
  void topicsThatCannotBeWrittenAreNotMade() {
    try (HotRestore hot = restore(disk)) {
      disk.fault(DiskFault.failing(DiskOp.FORCE, "metadata.new"));
      assertThat(kindOfMake(hot)).isEqualTo(ErrorKind.FAILED_PRECONDITION);
      assertThat(hot.cluster()).isEmpty();
    }
  }

  private static ErrorKind kindOfMake(HotRestore hot) {
    return catchThrowableOfType(ThermoclineException.class, () -> hot.make(CLUSTER, List.of()))
        .kind();
  }

  private static HotRestore restore(SimulatedDisk disk) {
    return HotRestore.take(disk.getPath("/data/hot"));
  }
}
