package io.thermocline.cold.table;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.store.ForwardingObjectStore;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The files of a table that is given up: all of them go, and no others. */
final class PurgeTest extends OnWarehouse {
  @BeforeEach
  void tier() {
    tier(id, Records.plain(0, 10));
  }

  @Test
  void purgeDeletesEveryFileTheMetadataNames() {
    tier(id, Records.plain(10, 10));
    commit(id, logStart(id, 20, 10));
    TopicPartition other = new TopicId(UUID.randomUUID(), "other").partition(0);
    tier(other, Records.plain(0, 3));

    cold().purge(id.topic());

    assertThat(warehouse.files(".parquet")).hasSize(1);
    assertThat(warehouse.files(""))
        .allSatisfy(file -> assertThat(file.toString()).contains("/other-"));
    assertThat(readAll(other, 0, 1 << 20)).isEqualTo(Records.plain(0, 3));
  }

  @Test
  void purgeAlsoDeletesWhatNoMetadataNames() {
    leaveUnnamedFiles();

    cold().purge(id.topic());

    assertThat(warehouse.files("")).isEmpty();
    assertThat(cold().topic(id.topic())).isEmpty();
  }

  @Test
  void aPurgeThatFailedOnceTheTableWasGoneDeletesTheRestWhenItIsRepeated() {
    leaveUnnamedFiles();
    node.cold().close();
    node = warehouse.start(store -> new Undeletable(store, unnamed()));
    Await.throwsKind(ErrorKind.TRANSIENT, () -> cold().purge(id.topic()));
    assertThat(warehouse.files(".metadata.json")).isEmpty();
    node.cold().close();
    node = warehouse.start();

    cold().purge(id.topic());

    assertThat(warehouse.files("")).isEmpty();
  }

  @Test
  void purgeLeavesOtherTablesAndWhatIsBesideTheTablesFolders() throws IOException {
    TopicPartition other = new TopicId(UUID.randomUUID(), id.topic().name() + "x").partition(0);
    tier(other, Records.plain(0, 3));
    Path folder = path(partition(id).files().get(0)).getParent().getParent().getParent();
    Path notOurs = Files.writeString(folder.resolve("notes.txt"), "not of the table");
    List<Path> others =
        warehouse.files("").stream()
            .filter(file -> !file.startsWith(folder) || file.equals(notOurs))
            .toList();

    cold().purge(id.topic());

    assertThat(warehouse.files("")).isEqualTo(others);
    assertThat(readAll(other, 0, 1 << 20)).isEqualTo(Records.plain(0, 3));
  }

  /** Files that were merged away and ones that were never committed, none of them swept yet. */
  private void leaveUnnamedFiles() {
    node.cold().close();
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    warehouse.clock.advance(Duration.ofHours(1));
    maintain();
    for (int i = 1; i < 5; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    List<ColdFile> files = partition(id).files();
    ColdCommit.Merge merge =
        new ColdCommit.Merge(files, cold().merge(id.topic().partition(0), files, SETTINGS));
    assertThat(cold().commit(id.topic(), ColdCommit.ofMerges(UUID.randomUUID(), List.of(merge))))
        .isNotNull();
    tier(id, Records.plain(50, 10));
    tier(id, Records.plain(60, 10));
    assertThat(cold().maintain(id.topic())).isTrue();
    ColdFile orphan = write(id, new OffsetRange(70, 80), Records.plain(70, 10));
    assertThat(unnamed()).hasSize(6).contains(path(orphan));
  }

  /** Data files that no snapshot names. */
  private List<Path> unnamed() {
    Table table = table();
    Set<String> named = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
        try (CloseableIterable<String> paths =
            ManifestFiles.readPaths(manifest, table.io(), table.specs())) {
          paths.forEach(named::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return warehouse.files(".parquet").stream()
        .filter(file -> !named.contains("file://" + file))
        .toList();
  }

  /** A store that refuses to delete some of its files. */
  private static final class Undeletable extends ForwardingObjectStore {
    private final List<Path> kept;

    Undeletable(ObjectStore real, List<Path> kept) {
      super(real);
      this.kept = kept;
    }

    @Override
    public void deleteAll(Collection<String> keys) {
      super.deleteAll(keys.stream().filter(key -> !isKept(key)).toList());
      if (keys.stream().anyMatch(this::isKept)) {
        throw new ThermoclineException(ErrorKind.TRANSIENT, "some can't be deleted now");
      }
    }

    private boolean isKept(String key) {
      return kept.stream().anyMatch(file -> localPath(key).equals(Optional.of(file)));
    }
  }

  @Test
  void aPurgeThatWasBrokenOffIsContinued() {
    tier(id, Records.plain(10, 10));
    node.catalog().throwInsteadOfDrop(new IllegalStateException("away"));
    Await.throwsKind(ErrorKind.CORRUPT, () -> cold().purge(id.topic()));
    node.cold().close();
    node = warehouse.start();

    cold().purge(id.topic());

    assertThat(warehouse.files("")).isEmpty();
    assertThat(cold().topic(id.topic())).isEmpty();
  }
}
