package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.store.ForwardingObjectStore;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies of a store's files on a local disk that fails. */
final class LocalCopiesTest extends OnWarehouse {
  private SimulatedDisk disk;
  private ColdFile file;
  private LocalCopies copies;

  @BeforeEach
  void write() {
    file = write(id, new OffsetRange(0, 10), Records.plain(0, 10));
    disk = new SimulatedDisk(warehouse.clock);
    ObjectStore store = new Remote(warehouse.store());
    copies =
        new LocalCopies(
            store,
            disk.getPath("/copies"),
            1 << 20,
            new ForeignFiles(new StoreFileIO(store)),
            new ColdMetrics(warehouse.registry));
  }

  @Test
  void aDiskThatCannotWriteNowMayLater() throws IOException {
    disk.fault(DiskFault.failingOnce(DiskOp.WRITE, 1));

    Await.throwsKind(ErrorKind.TRANSIENT, () -> assertThat(copies.of(file)).isNull());

    try (ColdTier.LocalFile copy = copies.of(file)) {
      assertThat(Files.size(copy.path())).isEqualTo(file.span().bytes());
    }
  }

  @Test
  void aFullDiskIsSaidToBeFull() {
    disk.fault(failing("No space left on device"));
    Await.throwsKind(ErrorKind.EXHAUSTED, () -> assertThat(copies.of(file)).isNull());
  }

  @Test
  void aDiskThatMayNotBeWrittenToHasToBeSeenTo() {
    disk.fault(failing("Read-only file system"));
    Await.throwsKind(ErrorKind.FAILED_PRECONDITION, () -> assertThat(copies.of(file)).isNull());
  }

  private static DiskFault failing(String why) {
    return (op, path) -> {
      if (op == DiskOp.WRITE) {
        throw new IOException(why);
      }
    };
  }

  /** As if its files were not on this machine. */
  private static final class Remote extends ForwardingObjectStore {
    Remote(ObjectStore real) {
      super(real);
    }

    @Override
    public Optional<Path> localPath(String key) {
      return Optional.empty();
    }
  }
}
