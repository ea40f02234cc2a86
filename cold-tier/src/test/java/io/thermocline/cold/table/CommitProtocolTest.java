package io.thermocline.cold.table;

import static io.thermocline.testkit.ColdTierSubject.move;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A commit is made once, whatever the catalog says, and whoever else writes. */
final class CommitProtocolTest extends OnWarehouse {
  @BeforeEach
  void tier() {
    tier(id, Records.plain(0, 10));
  }

  /** What catalogs were seen to throw; the cleanable ones make Iceberg delete manifests. */
  static Stream<RuntimeException> failures() {
    return Stream.of(
        new CommitFailedException("conflict"),
        new CommitStateUnknownException(new SocketException("reset")),
        new UncheckedSQLException(new SQLException("gone", "08006"), "Unknown failure"),
        new ServiceUnavailableException("try later"),
        new RESTException(new SocketException("reset"), "Error occurred"),
        new ValidationException("not valid"),
        new AlreadyExistsException("exists"),
        new IllegalStateException("closed"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aCommitWhoseReplyWasLostIsFoundByItsId(RuntimeException failure) {
    node.catalog().commitThenThrow(failure);

    commit(id, next(10, 20));

    assertWhole(20, 2, 2);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aCommitThatWasRefusedIsMadeAgainWithTheSameFiles(RuntimeException failure) {
    node.catalog().throwInsteadOfCommit(failure).throwInsteadOfCommit(failure);

    commit(id, next(10, 20));

    assertWhole(20, 2, 2);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aLostReplyIsFoundBelowAnotherWritersCommit(RuntimeException failure) {
    Table foreign = warehouse.foreign(id.topic());
    node.catalog()
        .commitThen(
            () -> {
              foreign.refresh();
              foreign.newAppend().commit();
            },
            failure);

    commit(id, next(10, 20));

    assertWhole(20, 2, 3);
  }

  static Stream<RuntimeException> someFailures() {
    return failures().limit(2);
  }

  @ParameterizedTest
  @MethodSource("someFailures")
  void aMergeWhoseReplyWasLostIsFoundBelowAnotherWritersCommit(RuntimeException failure) {
    commit(id, next(10, 20));
    Table foreign = warehouse.foreign(id.topic());
    ColdCommit merge = merge();
    node.catalog()
        .throwInsteadOfCommit(failure)
        .commitThen(
            () -> {
              foreign.refresh();
              foreign.newAppend().commit();
            },
            failure);

    assertThat(cold().commit(id.topic(), merge).partition(0).files()).hasSize(1);

    assertWhole(20, 1, 4);
    assertThat(warehouse.files(".parquet")).as("nothing is deleted").hasSize(3);
  }

  @Test
  void aMergeThatIsNeverConfirmedIsUnknownAndConfirmedByRepeatingIt() {
    commit(id, next(10, 20));
    ColdCommit merge = merge();
    node.catalog().commitThenThrow(new CommitStateUnknownException(new SocketException("reset")));
    node.catalog().throwOnRefresh(1, away());

    Await.throwsKind(
        ErrorKind.OUTCOME_UNKNOWN, () -> assertThat(cold().commit(id.topic(), merge)).isNull());
    node.catalog().heal();
    assertWhole(20, 1, 3);
    assertThat(cold().commit(id.topic(), merge).partition(0).files()).hasSize(1);

    assertWhole(20, 1, 3);
  }

  @Test
  void aMergeOfAProcessThatWasPausedIsFencedByAnotherOnesMerge() {
    commit(id, next(10, 20));
    TestWarehouse.Node other = warehouse.start();
    ColdCommit ours = merge();
    node.catalog()
        .beforeCommit(
            () -> {
              TestWarehouse.Node paused = node;
              node = other;
              assertThat(cold().commit(id.topic(), merge()).partition(0).files()).hasSize(1);
              tier(id, Records.plain(20, 10));
              node = paused;
            });

    Await.throwsKind(
        ErrorKind.CONFLICT, () -> assertThat(cold().commit(id.topic(), ours)).isNull());

    assertWhole(30, 2, 4);
  }

  @Test
  void aMergeSaysToOtherEnginesThatTheRowsAreTheSame() {
    commit(id, next(10, 20));
    assertThat(cold().commit(id.topic(), merge()).partition(0).files()).hasSize(1);

    Table table = warehouse.foreign(id.topic());

    assertThat(table.currentSnapshot().operation()).isEqualTo("replace");
    assertThat(table.currentSnapshot().summary()).containsEntry("thermocline.merged", "0:0-20");
    assertThat(table.properties()).containsEntry("thermocline.p.0", "0..20");
  }

  @Test
  void gapsBetweenMergedFilesAreInsideTheNewOne() {
    commit(id, move(id, 10, 15));
    commit(id, next(15, 20));
    assertThat(warehouse.foreign(id.topic()).properties())
        .containsEntry("thermocline.p.0", "0..20;gaps=10-15");

    assertThat(cold().commit(id.topic(), merge()).partition(0).problem()).isEmpty();

    assertThat(warehouse.foreign(id.topic()).properties())
        .containsEntry("thermocline.p.0", "0..20");
  }

  @Test
  void aMergeOfADamagedFileMakesNone() throws Exception {
    commit(id, next(10, 20));
    Path second = warehouse.files(".parquet").get(1);
    byte[] bytes = Files.readAllBytes(second);
    for (int at : new int[] {80, 130, 260, bytes.length - 30}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 4;
      Files.write(second, damaged);
      Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(merge()).isNull());
    }
    Files.write(second, bytes);

    assertThat(warehouse.files(".parquet")).hasSize(2);
    assertThat(cold().commit(id.topic(), merge()).partition(0).files()).hasSize(1);
    assertWhole(20, 1, 3);
  }

  @Test
  void aFileThatWaitedForHalfTheOrphanAgeIsNotCommitted() {
    ColdCommit.Move late = next(10, 20);
    warehouse.clock.advance(TestWarehouse.SAFE_AGE.dividedBy(2).plusSeconds(1));

    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, late));

    commit(id, next(10, 20));
    assertWhole(20, 2, 2);
  }

  /** Of all files of the partition. */
  private ColdCommit merge() {
    List<ColdFile> files = partition(id).files();
    return ColdCommit.ofMerges(
        UUID.randomUUID(), List.of(new ColdCommit.Merge(files, cold().merge(id, files, SETTINGS))));
  }

  @Test
  void anotherWritersCommitInBetweenIsKept() {
    Table foreign = warehouse.foreign(id.topic());
    node.catalog()
        .beforeCommit(() -> foreign.updateProperties().set("owner", "someone").commit())
        .beforeCommit(() -> foreign.newAppend().commit());

    commit(id, next(10, 20));

    assertWhole(20, 2, 3);
    foreign.refresh();
    assertThat(foreign.properties()).containsEntry("owner", "someone");
  }

  @Test
  void aCommitThatIsNeverConfirmedIsUnknownAndDeletesNothing() {
    for (int i = 0; i < 100; i++) {
      node.catalog().throwInsteadOfCommit(new CommitFailedException("conflict"));
    }
    ColdCommit commit = new ColdCommit(UUID.randomUUID(), List.of(next(10, 20)));
    List<Path> before = warehouse.files(".parquet");

    Await.throwsKind(
        ErrorKind.OUTCOME_UNKNOWN, () -> assertThat(cold().commit(id.topic(), commit)).isNull());

    assertThat(warehouse.files(".parquet")).isEqualTo(before);
    assertWhole(10, 1, 1);
  }

  @Test
  void anUnknownCommitThatWasMadeIsConfirmedByRepeatingIt() {
    node.catalog().commitThenThrow(new CommitStateUnknownException(new SocketException("reset")));
    ColdCommit commit = new ColdCommit(UUID.randomUUID(), List.of(next(10, 20)));
    node.catalog().throwOnRefresh(1, away());

    Await.throwsKind(
        ErrorKind.OUTCOME_UNKNOWN, () -> assertThat(cold().commit(id.topic(), commit)).isNull());
    node.catalog().heal();
    assertThat(cold().commit(id.topic(), commit).partition(0).tieredTo()).isEqualTo(20);

    assertWhole(20, 2, 2);
  }

  @Test
  void aCatalogThatIsAwayBeforeTheFirstAttemptIsTransient() {
    ColdCommit commit = new ColdCommit(UUID.randomUUID(), List.of(next(10, 20)));
    node.catalog().throwOnRefresh(0, away());

    Await.throwsKind(
        ErrorKind.TRANSIENT, () -> assertThat(cold().commit(id.topic(), commit)).isNull());

    node.catalog().heal();
    assertWhole(10, 1, 1);
  }

  @Test
  void aCommitterThatWasPausedIsFencedAndDoublesNothing() {
    TestWarehouse.Node other = warehouse.start();
    ColdCommit.Move ours = next(10, 20);
    node.catalog()
        .beforeCommit(
            () -> {
              TestWarehouse.Node paused = node;
              node = other;
              commit(id, next(10, 30));
              node = paused;
            });

    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, ours));

    assertWhole(30, 2, 2);
    node = other;
    assertWhole(30, 2, 2);
  }

  @Test
  void rangesOfOtherPartitionsThatWereMovedMeanwhileAreKept() {
    TestWarehouse.Node other = warehouse.start();
    TopicPartition second = id.topic().partition(1);
    node.catalog()
        .beforeCommit(
            () -> {
              TestWarehouse.Node paused = node;
              node = other;
              tier(second, Records.plain(0, 7));
              node = paused;
            });

    commit(id, next(10, 20));

    assertWhole(20, 3, 3);
    assertThat(readAll(second, 0, 1 << 20)).isEqualTo(Records.plain(0, 7));
  }

  @Test
  void aFileThatIsGoneBeforeItsCommitIsAConflict() throws Exception {
    ColdCommit.Move move = next(10, 20);
    Files.delete(Path.of(URI.create(move.files().get(0).location())));

    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, move));

    assertWhole(10, 1, 1);
  }

  @Test
  void aFileOfAnotherTopicIsRefused() {
    TopicPartition stranger = new TopicId(UUID.randomUUID(), "b").partition(0);
    ColdFile file = write(stranger, new OffsetRange(10, 20), Records.plain(10, 10));

    Await.throwsKind(ErrorKind.INVALID, () -> commit(id, move(id, 10, 20, file)));
  }

  @Test
  void theSnapshotSaysWhatItMovedAndThePropertiesHowFarAllHaveCome() {
    ColdCommit commit = new ColdCommit(UUID.randomUUID(), List.of(next(10, 20)));
    assertThat(cold().commit(id.topic(), commit).topic()).isEqualTo(id.topic());

    Table table = warehouse.foreign(id.topic());

    assertThat(table.currentSnapshot().summary())
        .containsEntry("thermocline.commit-id", commit.id().toString())
        .containsEntry("thermocline.moved", "0:10-20");
    assertThat(table.properties())
        .containsEntry("thermocline.commit", commit.id().toString())
        .containsEntry("thermocline.topic-id", id.topic().uuid().toString())
        .containsEntry("thermocline.owner-epoch", "1")
        .containsEntry("thermocline.p.0", "0..20");
  }

  private static RuntimeException away() {
    return new UncheckedSQLException(new SQLException("away"), "away");
  }

  private ColdCommit.Move next(long from, long to) {
    return move(
        id, from, to, write(id, new OffsetRange(from, to), Records.plain(from, (int) (to - from))));
  }

  /** Every record up to {@code end} once, every live file listed once, every snapshot readable. */
  private void assertWhole(long end, int files, int snapshots) {
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, (int) end));
    Table table = warehouse.foreign(id.topic());
    List<String> live = liveFiles(table);
    assertThat(live).hasSize(files).doesNotHaveDuplicates();
    Set<String> stored =
        warehouse.files(".parquet").stream()
            .map(path -> path.getFileName().toString())
            .collect(Collectors.toSet());
    assertThat(live)
        .allSatisfy(
            location -> assertThat(stored).contains(Path.of(location).getFileName().toString()));
    assertThat(table.snapshots()).hasSize(snapshots);
    for (Snapshot snapshot : table.snapshots()) {
      assertThat(snapshot.allManifests(table.io()))
          .allSatisfy(
              manifest -> assertThat(table.io().newInputFile(manifest.path()).exists()).isTrue());
    }
  }

  private static List<String> liveFiles(Table table) {
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      return StreamSupport.stream(tasks.spliterator(), false)
          .map(FileScanTask::file)
          .map(DataFile::location)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
