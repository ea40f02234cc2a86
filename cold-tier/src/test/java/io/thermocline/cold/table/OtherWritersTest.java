package io.thermocline.cold.table;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdPartition;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What other engines do to a table is seen; what is provably right stays readable. */
final class OtherWritersTest extends OnWarehouse {
  private TopicPartition second;

  @BeforeEach
  void tier() {
    second = id.topic().partition(1);
    tier(id, Records.plain(0, 10));
    tier(id, Records.plain(10, 10));
    tier(second, Records.plain(0, 5));
  }

  @Test
  void changesAreSeenOnceTheCopyInMemoryIsTooOld() {
    table().newAppend().appendFile(row(0, 20)).commit();

    assertThat(partition(id).problem()).isEmpty();
    warehouse.clock.advance(TestWarehouse.MAX_VIEW_AGE);
    assertThat(partition(id).problem()).isPresent();
  }

  @Test
  void aClockThatWasSetBackMakesNoCopyYounger() {
    table().newAppend().appendFile(row(0, 20)).commit();

    warehouse.clock.advance(TestWarehouse.MAX_VIEW_AGE.multipliedBy(-100));

    assertThat(partition(id).problem()).isPresent();
  }

  @Test
  void foreignRowsDegradeTheirPartitionAndNoOther() {
    table().newAppend().appendFile(row(0, 20)).commit();
    expireCopies();

    assertDegraded("foreign.parquet");
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
    assertThat(partition(second).problem()).isEmpty();
    tier(second, Records.plain(5, 5));
    assertThat(readAll(second, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
  }

  @Test
  void aMainThatWasRewoundDegradesWhatItLost() {
    Table table = table();
    long oldest = table.history().get(0).snapshotId();
    table.manageSnapshots().rollbackTo(oldest).commit();
    expireCopies();

    assertDegraded("offsets [10, 20) are missing");
    assertThat(partition(second).problem()).isPresent();
    assertThat(cold().maintain(id.topic())).isFalse();
  }

  @Test
  void aPartitionIsWellAgainOnceTheDamageIsUndone() {
    Table table = table();
    long good = table.currentSnapshot().snapshotId();
    table.newAppend().appendFile(row(0, 20)).commit();
    expireCopies();
    assertThat(partition(id).problem()).isPresent();

    table.manageSnapshots().rollbackTo(good).commit();
    expireCopies();

    assertThat(partition(id).problem()).isEmpty();
    tier(id, Records.plain(20, 5));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 25));
  }

  @Test
  void rowsThatAnotherWriterMayHaveDeletedAreNotServed() {
    DeleteFile deletes =
        FileMetadata.deleteFileBuilder(table().spec())
            .ofPositionDeletes()
            .withPath(table().location() + "/data/foreign-deletes.parquet")
            .withFormat(FileFormat.PARQUET)
            .withPartition(CommitAttempt.partition(table().spec(), 0))
            .withReferencedDataFile(files().get(0).location())
            .withFileSizeInBytes(100)
            .withRecordCount(1)
            .build();
    table().newRowDelta().addDeletes(deletes).commit();
    expireCopies();

    assertDegraded("deleted rows by position");
    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION, () -> assertThat(cold().read(id, 3, 100)).isNull());
    assertThat(readAll(id, 10, 1 << 20)).isEqualTo(Records.plain(10, 10));
  }

  @Test
  void equalityDeletesMakeTheWholePartitionDoubtful() {
    DeleteFile deletes =
        FileMetadata.deleteFileBuilder(table().spec())
            .ofEqualityDeletes(table().schema().findField("key").fieldId())
            .withPath(table().location() + "/data/foreign-deletes.parquet")
            .withFormat(FileFormat.PARQUET)
            .withPartition(CommitAttempt.partition(table().spec(), 0))
            .withFileSizeInBytes(100)
            .withRecordCount(1)
            .build();
    table().newRowDelta().addDeletes(deletes).commit();
    expireCopies();

    assertDegraded("deleted rows by equality");
    for (long offset : new long[] {0, 19}) {
      Await.throwsKind(
          ErrorKind.FAILED_PRECONDITION, () -> assertThat(cold().read(id, offset, 100)).isNull());
    }
    assertThat(readAll(second, 0, 1 << 20)).isEqualTo(Records.plain(0, 5));
  }

  @Test
  void aFileThatIsListedTwiceUnderTwoNamesIsServedFromNeither() {
    DataFile first = files().get(0);
    DataFile copy =
        DataFiles.builder(table().spec())
            .copy(first)
            .withPath(first.location().replaceAll("-[0-9a-f]{16}\\.", "-00000000000000ff."))
            .build();
    table().newAppend().appendFile(copy).commit();
    expireCopies();

    assertDegraded("both have offsets [0, 10)");
    Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(cold().read(id, 3, 100)).isNull());
    assertThat(readAll(id, 10, 1 << 20)).isEqualTo(Records.plain(10, 10));
  }

  @Test
  void aChangedSpecStopsTheWholeTable() {
    table().updateSpec().removeField("partition").commit();
    expireCopies();

    assertDegraded("partition spec");
    assertThat(partition(second).problem()).isPresent();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
  }

  @Test
  void progressThatWasChangedOrRemovedIsDamage() {
    table().updateProperties().set("thermocline.p.0", "0..5").commit();
    expireCopies();
    Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(cold().topic(id.topic())).isNull());
    Await.throwsKind(ErrorKind.CORRUPT, () -> tier(id, Records.plain(20, 5)));

    table().updateProperties().remove("thermocline.p.0").commit();
    expireCopies();
    Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(cold().topic(id.topic())).isNull());
  }

  @Test
  void whatOthersDidIsSeenAtOnceWhereCopiesAreDeletedByIt() {
    table().newAppend().appendFile(row(0, 20)).commit();

    assertThat(partition(id).problem()).as("a copy serves for reading").isEmpty();
    assertThat(cold().fresh(id.topic()).orElseThrow().partition(0).problem()).isPresent();
    assertThat(cold().confirmed(id.topic()).orElseThrow().partition(0).problem()).isPresent();
  }

  @Test
  void nothingIsDroppedFromADegradedPartition() {
    table().newAppend().appendFile(row(0, 20)).commit();
    expireCopies();

    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, logStart(id, 20, 15)));

    assertThat(partition(id).files()).hasSize(2);
  }

  private void assertDegraded(String why) {
    ColdPartition partition = partition(id);
    assertThat(partition.problem()).get().asString().contains(why);
    assertThat(partition.tieredTo()).isEqualTo(20);
    Await.throwsKind(
        ErrorKind.CONFLICT,
        () ->
            commit(
                id,
                ColdTierSubject.move(
                    id, 20, 25, write(id, new OffsetRange(20, 25), Records.plain(20, 5)))));
  }

  private DataFile row(int partition, long rows) {
    PartitionSpec spec = table().spec();
    return DataFiles.builder(spec)
        .withPath(table().location() + "/data/foreign.parquet")
        .withFormat(FileFormat.PARQUET)
        .withPartition(CommitAttempt.partition(spec, partition))
        .withFileSizeInBytes(100)
        .withRecordCount(rows)
        .build();
  }

  private List<DataFile> files() {
    try (CloseableIterable<FileScanTask> tasks =
        table().newScan().includeColumnStats().planFiles()) {
      return StreamSupport.stream(tasks.spliterator(), false)
          .map(task -> task.file().copy())
          .filter(file -> file.partition().get(0, Integer.class) == 0)
          .sorted((one, other) -> one.location().compareTo(other.location()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
