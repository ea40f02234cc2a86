package io.thermocline.cold.table;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.store.ForwardingObjectStore;
import io.thermocline.cold.store.ObjectInfo;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Upkeep: what goes, what stays, and who may. */
final class UpkeepTest extends OnWarehouse {
  private static final Duration LONG_AGO = TestWarehouse.SAFE_AGE.plusHours(1);

  @BeforeEach
  void tier() {
    tier(id, Records.plain(0, 10));
  }

  @Test
  void aCrashBetweenUploadAndCommitLeavesAnOrphanThatGoesPastItsSafeAge() {
    ColdFile orphan = write(id, new OffsetRange(10, 20), Records.plain(10, 10));
    node.cold().close();
    node = warehouse.start();

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
    maintain();
    assertThat(path(orphan)).exists();

    TestWarehouse.age(path(orphan), LONG_AGO);
    warehouse.clock.advance(Duration.ofMinutes(1));
    maintain();
    assertThat(path(orphan)).doesNotExist();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
    tier(id, Records.plain(10, 10));
  }

  @Test
  void orphansGoAlsoFromATableInWhichASnapshotIsPastItsAgeAtEachUpkeep() {
    node.cold().close();
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    for (int i = 1; i < 5; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    ColdFile orphan = write(id, new OffsetRange(50, 60), Records.plain(50, 10));

    for (int i = 5; i < 21; i++) {
      tier(id, Records.plain(i * 10L, 10));
      warehouse.clock.advance(Duration.ofMinutes(10));
      assertThat(cold().maintain(id.topic())).isTrue();
    }

    assertThat(path(orphan)).doesNotExist();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 210));
  }

  @Test
  void aFileThatIsNamedStaysHoweverOldItIs() {
    tier(id, Records.plain(10, 10));
    warehouse.files(".parquet").forEach(file -> TestWarehouse.age(file, LONG_AGO));
    warehouse.files(".avro").forEach(file -> TestWarehouse.age(file, LONG_AGO));

    maintain();

    node.cold().close();
    node = warehouse.start();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
  }

  @Test
  void aClockThatJumpsAheadMakesNothingOld() {
    ColdFile orphan = write(id, new OffsetRange(10, 20), Records.plain(10, 10));
    for (int i = 1; i < 5; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }

    warehouse.clock.advance(Duration.ofDays(3650));
    maintain();

    assertThat(path(orphan)).exists();
    assertThat(table().snapshots()).hasSize(5);
  }

  @Test
  void uploadsThatWereBrokenOffAreDroppedFromTheTablesFolderOnceTheyAreOld() {
    AtomicReference<Uploads> asked = startNotingUploads();
    Instant now = warehouse.clock.instant();

    maintain();

    Path folder = path(partition(id).files().get(0)).getParent().getParent().getParent();
    assertThat(asked.get().prefix())
        .isEqualTo(warehouse.warehouse().relativize(folder).toString() + "/");
    assertThat(asked.get().begunBefore())
        .isBetween(now.minus(LONG_AGO), now.minus(TestWarehouse.SAFE_AGE));
  }

  @Test
  void aClockThatJumpsAheadEndsNoUploadUnderWay() {
    AtomicReference<Uploads> asked = startNotingUploads();
    Instant now = warehouse.clock.instant();
    warehouse.clock.advance(Duration.ofDays(3650));

    maintain();

    assertThat(asked.get().begunBefore())
        .isBefore(now.minus(TestWarehouse.SAFE_AGE).plusSeconds(600));
  }

  private record Uploads(String prefix, Instant begunBefore) {}

  /** Another process, whose store tells which uploads it was last asked to drop. */
  private AtomicReference<Uploads> startNotingUploads() {
    AtomicReference<Uploads> asked = new AtomicReference<>();
    node.cold().close();
    node =
        warehouse.start(
            store ->
                new ForwardingObjectStore(store) {
                  @Override
                  public int abortUploads(String prefix, Instant begunBefore) {
                    asked.set(new Uploads(prefix, begunBefore));
                    return 1;
                  }
                });
    return asked;
  }

  @Test
  void filesAreMergedAlsoOnceTheSnapshotsThatBroughtThemAreForgotten() {
    for (int i = 1; i < 5; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    node.cold().close();
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    warehouse.clock.advance(Duration.ofHours(1));
    maintain();
    assertThat(table().snapshots()).hasSize(TestWarehouse.SNAPSHOTS_KEPT);

    List<ColdFile> files = partition(id).files();
    ColdCommit.Merge merge =
        new ColdCommit.Merge(files, cold().merge(id.topic().partition(0), files, SETTINGS));
    assertThat(
            cold()
                .commit(id.topic(), ColdCommit.ofMerges(UUID.randomUUID(), List.of(merge)))
                .partition(0)
                .files())
        .hasSize(1);

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 50));
    assertThat(warehouse.files(".parquet")).as("still there for who reads them").hasSize(6);
    for (int i = 5; i < 8; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    warehouse.clock.advance(Duration.ofHours(1));
    maintain();
    assertThat(warehouse.files(".parquet")).as("gone with the last snapshot").hasSize(4);
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 80));
  }

  @Test
  void aReplayGoesOnInTheMergedFileWhenThoseItWasReadingAreGone() {
    for (int i = 1; i < 5; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    node.cold().close();
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    ReadResult.Progress first = (ReadResult.Progress) cold().read(id, 0, 1);
    assertThat(first.nextOffset()).as("in the middle of a file").isEqualTo(1);
    List<ColdFile> files = partition(id).files();
    ColdCommit.Merge merge =
        new ColdCommit.Merge(files, cold().merge(id.topic().partition(0), files, SETTINGS));
    ColdTopic unused =
        cold().commit(id.topic(), ColdCommit.ofMerges(UUID.randomUUID(), List.of(merge)));
    for (int i = 5; i < 8; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    warehouse.clock.advance(Duration.ofMinutes(2));
    maintain();
    files.forEach(file -> assertThat(path(file)).doesNotExist());

    assertThat(readAll(id, 1, 1)).isEqualTo(Records.plain(1, 79));
  }

  @Test
  void snapshotsPastTheirSafeAgeAreForgottenAndTheirFilesGo() {
    for (int i = 1; i < 5; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    commit(id, logStart(id, 50, 30));
    List<Path> before = warehouse.files(".parquet");
    assertThat(before).hasSize(5);
    node.cold().close();
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    warehouse.clock.advance(Duration.ofHours(1));

    maintain();

    assertThat(table().snapshots()).hasSize(TestWarehouse.SNAPSHOTS_KEPT);
    assertThat(readAll(id, 30, 1 << 20)).isEqualTo(Records.plain(30, 20));
    warehouse.clock.advance(Duration.ofMinutes(1));
    commit(id, logStart(id, 50, 31));
    maintain();
    assertThat(warehouse.files(".parquet")).hasSize(2);
    tier(id, Records.plain(50, 5));
    assertThat(readAll(id, 31, 1 << 20)).isEqualTo(Records.plain(31, 24));
  }

  @Test
  void aSnapshotsAgeBeginsWhenItIsReplaced() throws IOException {
    for (int i = 1; i < 4; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    node.cold().close();
    makeHistoryOlder();
    warehouse.files(".parquet").forEach(file -> TestWarehouse.age(file, LONG_AGO));
    node = warehouse.start();
    long lastOfOld = table().currentSnapshot().snapshotId();
    for (int start = 20; start < 23; start++) {
      commit(id, logStart(id, 40, start));
    }

    maintain();

    assertThat(table().snapshots()).hasSize(4);
    assertThat(table().snapshot(lastOfOld)).as("current until a moment ago").isNotNull();
    assertThat(warehouse.files(".parquet")).as("and readable with all its files").hasSize(4);
  }

  @Test
  void aSnapshotThatAnotherEngineTaggedStaysWithAllItsFiles() {
    node.cold().close();
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    long tagged = table().currentSnapshot().snapshotId();
    table().manageSnapshots().createTag("job", tagged).commit();
    ColdFile read = partition(id).files().get(0);
    for (int i = 1; i < 6; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    commit(id, logStart(id, 60, 30));
    tier(id, Records.plain(60, 10));
    warehouse.clock.advance(Duration.ofHours(1));

    maintain();

    assertThat(table().snapshots()).hasSize(TestWarehouse.SNAPSHOTS_KEPT + 1);
    assertThat(table().snapshot(tagged)).isNotNull();
    assertThat(path(read)).exists();
    assertThat(warehouse.files(".parquet")).hasSize(5);
    assertThat(partition(id).problem()).isEmpty();
    table().manageSnapshots().removeTag("job").commit();
    tier(id, Records.plain(70, 10));
    warehouse.clock.advance(Duration.ofHours(1));
    maintain();
    assertThat(path(read)).doesNotExist();
  }

  @Test
  void whereATagKeepsAllThatIsOldUpkeepAsksAndChangesNothing() {
    long tagged = table().currentSnapshot().snapshotId();
    table().manageSnapshots().createTag("job", tagged).commit();
    AtomicInteger asked = new AtomicInteger();
    node.cold().close();
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE, store -> countingOwnerLooks(store, asked));
    for (int i = 1; i < 6; i++) {
      tier(id, Records.plain(i * 10L, 10));
    }
    warehouse.clock.advance(Duration.ofHours(1));
    maintain();
    List<Path> versions = warehouse.files(".metadata.json");
    int before = asked.get();

    assertThat(cold().maintain(id.topic())).isFalse();

    assertThat(asked).as("looks at who the owner is, before a change").hasValue(before);
    assertThat(warehouse.files(".metadata.json")).isEqualTo(versions);
    assertThat(table().snapshot(tagged)).isNotNull();
  }

  private static ObjectStore countingOwnerLooks(ObjectStore real, AtomicInteger looks) {
    return new ForwardingObjectStore(real) {
      @Override
      public void list(String prefix, Predicate<ObjectInfo> visitor) {
        if (prefix.startsWith("_thermocline/owner")) {
          looks.incrementAndGet();
        }
        super.list(prefix, visitor);
      }
    };
  }

  /** All snapshots so far were made long ago. */
  private void makeHistoryOlder() throws IOException {
    List<Path> versions = warehouse.files(".metadata.json");
    Path newest = versions.get(versions.size() - 1);
    Matcher time =
        Pattern.compile("(\"timestamp-ms\" ?: ?)([0-9]+)").matcher(Files.readString(newest));
    String older =
        time.replaceAll(
            found -> found.group(1) + (Long.parseLong(found.group(2)) - LONG_AGO.toMillis()));
    Files.writeString(newest, older);
  }

  @Test
  void whoLostTheWarehouseCommitsAndDeletesNothing() {
    TestWarehouse.Node old = node;
    ColdFile orphan = write(id, new OffsetRange(10, 20), Records.plain(10, 10));
    TestWarehouse.age(path(orphan), LONG_AGO);
    TestWarehouse.Node next = warehouse.startTakeOver();
    assertThat(next.cold().topic(id.topic())).isPresent();

    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION, () -> commit(id, ColdTierSubject.move(id, 10, 20, orphan)));
    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION, () -> assertThat(old.cold().confirmed(id.topic())).isNull());
    Await.throwsKind(ErrorKind.FAILED_PRECONDITION, () -> old.cold().purge(id.topic()));
    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION, () -> assertThat(old.cold().maintain(id.topic())).isNull());

    assertThat(path(orphan)).exists();
    node = next;
    tier(id, Records.plain(10, 10));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
    assertThat(table().properties()).containsEntry("thermocline.owner-epoch", "2");
  }
}
