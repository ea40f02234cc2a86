package io.thermocline.cold.table;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What other engines may do to a table: what they rewrote is read, what they deleted is a gap, and
 * what can't be explained stops the partition. Each subclass has it in another store.
 */
abstract class ForeignWriters implements ColdTierSubject {
  @TempDir private Path directory;
  private TestWarehouse warehouse;
  private TestWarehouse.Node node;
  private TopicPartition id;
  private List<StoredRecord> records;
  private OtherEngine engine;

  /** An empty warehouse. */
  abstract TestWarehouse open(Path home);

  @BeforeEach
  void start() {
    warehouse = open(directory);
    node = warehouse.start();
    id = newPartition();
    records = new ArrayList<>(Records.odd(0));
    records.addAll(Records.plain(records.size(), 40 - records.size()));
    tier(id, records.subList(0, 10));
    tier(id, records.subList(10, 20));
    tier(id, records.subList(20, 40));
    engine = new OtherEngine(table());
  }

  @AfterEach
  void stop() {
    warehouse.close();
  }

  @Override
  public ColdTier cold() {
    return node.cold();
  }

  @Test
  void rewrittenFilesReadAsBefore() {
    rewrite(engine.dataFiles(0), engine.dataFile(0, records));

    assertWell(records);
    assertThat(readAll(id, 17, 100)).isEqualTo(records.subList(17, 40));
    try (ColdTier.LocalFile copy = cold().local(partition(id).files().get(0))) {
      assertThat(copy.path()).as("what SQL reads").isNotEmptyFile();
    }
    goesOn(records);
  }

  @Test
  void rowsInAnyOrderInAnyFileReadInOffsetOrder() {
    List<StoredRecord> shuffled = new ArrayList<>(records.subList(0, 20));
    Collections.shuffle(shuffled, new Random(3));
    rewrite(
        engine.dataFiles(0).subList(0, 2),
        engine.dataFile(0, shuffled.subList(0, 9)),
        engine.dataFile(0, shuffled.subList(9, 20)));

    assertWell(records);
    goesOn(records);
  }

  @Test
  void rewrittenFilesAreFoundByTime() {
    rewrite(engine.dataFiles(0), engine.dataFile(0, records));
    expireCopies();

    StoredRecord wanted = records.get(35);
    assertThat(cold().offsetForTimestamp(id, new OffsetRange(30, 40), wanted.timestampMillis()))
        .contains(new OffsetAndTimestamp(35, wanted.timestampMillis()));
  }

  @Test
  void aCopyOnWriteDeleteIsAGap() {
    List<StoredRecord> left = without(records, 12, 13, 19);
    overwrite(engine.dataFiles(0).get(1), engine.dataFile(0, left.subList(10, 17)));

    assertWell(left);
    goesOn(left);
    node = warehouse.start();
    assertThat(partition(id).problem()).isEmpty();
  }

  @Test
  void gapsOfSeveralWritersAddUp() {
    overwrite(engine.dataFiles(0).get(1), engine.dataFile(0, without(records.subList(10, 20), 12)));
    tier(id, Records.plain(40, 5));
    DataFile foreign = engine.dataFiles(0).get(1);
    overwrite(foreign, engine.dataFile(0, without(records.subList(10, 20), 12, 15)));
    rewrite(
        List.of(engine.dataFiles(0).get(1)),
        engine.dataFile(0, without(records.subList(10, 20), 12, 15)));

    List<StoredRecord> left = new ArrayList<>(without(records, 12, 15));
    left.addAll(Records.plain(40, 5));
    assertWell(left);
  }

  @Test
  void aFileThatADeleteTookOutWholeIsAGap() {
    table().newDelete().deleteFile(engine.dataFiles(0).get(0)).commit();

    assertWell(records.subList(10, 40));
    goesOn(records.subList(10, 40));
  }

  @Test
  void rowsDeletedByPositionAreGaps() {
    DataFile first = engine.dataFiles(0).get(0);
    table().newRowDelta().addDeletes(engine.positionDeletes(0, first.location(), 0, 4, 9)).commit();

    List<StoredRecord> left = without(records, 0, 4, 9);
    assertWell(left);
    assertThat(partition(id).files().get(0).rows()).isEqualTo(7);
    goesOn(left);
  }

  @Test
  void rowsDeletedByPositionOfARewrittenFileAreGaps() {
    List<StoredRecord> shuffled = new ArrayList<>(records);
    Collections.shuffle(shuffled, new Random(5));
    DataFile all = engine.dataFile(0, shuffled);
    rewrite(engine.dataFiles(0), all);
    table().newRowDelta().addDeletes(engine.positionDeletes(0, all.location(), 0, 17, 39)).commit();

    assertWell(
        without(
            records,
            shuffled.get(0).offset(),
            shuffled.get(17).offset(),
            shuffled.get(39).offset()));
  }

  @Test
  void aFileWithAllItsRowsDeletedIsAGap() {
    DataFile first = engine.dataFiles(0).get(0);
    table()
        .newRowDelta()
        .addDeletes(engine.positionDeletes(0, first.location(), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
        .commit();

    assertWell(records.subList(10, 40));
  }

  @Test
  void rowsDeletedByADeletionVectorAreGaps() {
    table().updateProperties().set("format-version", "3").commit();
    engine = new OtherEngine(table());
    DataFile first = engine.dataFiles(0).get(0);
    table().newRowDelta().addDeletes(engine.deletionVector(0, first.location(), 3, 4)).commit();

    assertBroughtBack(without(records, 3, 4));
  }

  @Test
  void aRewriteThatLostRowsIsNamedAndTheRestIsReadable() {
    rewrite(
        engine.dataFiles(0).subList(0, 1),
        engine.dataFile(0, without(records.subList(0, 10), 3, 4)));

    assertDegraded("offsets [3, 5) are missing");
    assertThatThrownBy(() -> cold().read(id, 3, 100))
        .isInstanceOfSatisfying(
            ThermoclineException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT);
              assertThat(e.details()).containsEntry("resumeAt", "5");
            });
    assertThat(readAll(id, 5, 1 << 20)).isEqualTo(records.subList(5, 40));
  }

  @Test
  void rowsThatWereNeverTieredStopThePartition() {
    table().newAppend().appendFile(engine.dataFile(0, Records.plain(40, 2))).commit();

    assertDegraded("tiered-to is 40");
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(records);
  }

  @Test
  void rowsThatAreThereAlreadyStopThePartition() {
    table().newAppend().appendFile(engine.dataFile(0, records.subList(5, 6))).commit();

    assertDegraded("offsets [5, 6) are in files of ours");
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(records);
  }

  @Test
  void rowsThatWereDeletedDoNotComeBack() {
    overwrite(engine.dataFiles(0).get(1), engine.dataFile(0, without(records.subList(10, 20), 12)));
    tier(id, Records.plain(40, 5));
    table().newAppend().appendFile(engine.dataFile(0, records.subList(12, 13))).commit();
    expireCopies();

    assertThat(partition(id).problem()).get().asString().contains("offsets [12, 13) had no record");
  }

  @Test
  void anotherPartitionGoesOnAndADegradedOneStaysSo() {
    TopicPartition second = id.topic().partition(1);
    rewrite(
        engine.dataFiles(0).subList(0, 1),
        engine.dataFile(0, without(records.subList(0, 10), 3, 4)));
    expireCopies();

    tier(second, Records.plain(0, 5));

    assertThat(readAll(second, 0, 1 << 20)).isEqualTo(Records.plain(0, 5));
    assertDegraded("[3, 5)");
  }

  @Test
  void aMainThatWasSetBackStopsAllAndIsWellAgainOnceItIsSetForward() {
    Table table = table();
    long good = table.currentSnapshot().snapshotId();
    table.manageSnapshots().rollbackTo(table.history().get(1).snapshotId()).commit();

    assertDegraded("set main back");
    assertThat(cold().maintain(id.topic())).isFalse();

    table.manageSnapshots().setCurrentSnapshot(good).commit();
    assertWell(records);
    goesOn(records);
  }

  @Test
  void retentionDropsWhatLiesBelowTheLogStartWhoeverLaidItOut() {
    overwrite(engine.dataFiles(0).get(0), engine.dataFile(0, without(records.subList(0, 10), 3)));
    overwrite(engine.dataFiles(0).get(1), engine.dataFile(0, without(records.subList(10, 20), 15)));
    expireCopies();

    commit(id, logStart(id, 40, 12));

    ColdPartition partition = partition(id);
    assertThat(partition.problem()).isEmpty();
    assertThat(partition.logStart()).isEqualTo(12);
    assertThat(engine.dataFiles(0)).hasSize(2);
    assertThat(readAll(id, 12, 1 << 20)).isEqualTo(without(records, 15).subList(12, 39));
    node = warehouse.start();
    assertThat(partition(id).problem()).isEmpty();
  }

  @Test
  void maintenanceBringsRewrittenFilesBack() {
    List<StoredRecord> shuffled = new ArrayList<>(records);
    Collections.shuffle(shuffled, new Random(7));
    rewrite(engine.dataFiles(0), engine.dataFile(0, shuffled));

    assertBroughtBack(records);
    assertThat(partition(id).files()).hasSize(2);
    assertThat(progressProperty()).isEqualTo("0..45");
  }

  @Test
  void maintenanceBringsWhatIsInterleavedBackPieceByPiece() {
    rewrite(
        List.of(engine.dataFiles(0).get(0), engine.dataFiles(0).get(2)),
        engine.dataFile(0, join(records.subList(30, 40), records.subList(0, 5))),
        engine.dataFile(0, join(records.subList(5, 10), records.subList(20, 30))));

    assertThat(source().pieces()).hasSize(2);
    assertBroughtBack(records);
    assertThat(engine.dataFiles(0)).hasSize(6);
  }

  @Test
  void maintenanceBringsDeletedRowsBackAsGaps() {
    List<DataFile> files = engine.dataFiles(0);
    table()
        .newRowDelta()
        .addDeletes(engine.positionDeletes(0, files.get(0).location(), 0, 4, 9))
        .commit();
    overwrite(files.get(1), engine.dataFile(0, without(records.subList(10, 20), 10, 12, 19)));

    assertBroughtBack(without(records, 0, 4, 9, 10, 12, 19));
    assertThat(deleteFiles()).isZero();
    assertThat(progressProperty()).isEqualTo("0..45;gaps=10-11,19-20");
  }

  @Test
  void maintenanceTakesOutAFileWithoutRows() {
    DataFile first = engine.dataFiles(0).get(0);
    table()
        .newRowDelta()
        .addDeletes(engine.positionDeletes(0, first.location(), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
        .commit();

    assertBroughtBack(records.subList(10, 40));
    assertThat(progressProperty()).isEqualTo("0..45;gaps=0-10");
  }

  @Test
  void maintenanceNotesWhatWasDeletedWhileItsSnapshotIsThere() {
    table().newDelete().deleteFile(engine.dataFiles(0).get(0)).commit();
    expireCopies();

    assertThat(cold().maintain(id.topic())).isTrue();

    assertThat(progressProperty()).isEqualTo("0..40;gaps=0-10");
    table().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    assertWell(records.subList(10, 40));
  }

  @Test
  void whatChangedMeanwhileIsNotBroughtBackOverTheChange() {
    DataFile all = engine.dataFile(0, records);
    rewrite(engine.dataFiles(0), all);
    expireCopies();
    ForeignSource before = source();
    table().newRowDelta().addDeletes(engine.positionDeletes(0, all.location(), 5)).commit();
    expireCopies();

    Relayout late = new Relayout(UUID.randomUUID(), Optional.of(before), List.of());
    Await.throwsKind(ErrorKind.CONFLICT, () -> late.requireFit(view()));
    assertBroughtBack(without(records, 5));
  }

  @Test
  void nothingIsNotedOfATableThatGotWorseMeanwhile() {
    TopicPartition second = id.topic().partition(1);
    tier(second, Records.plain(0, 5));
    table().newDelete().deleteFile(engine.dataFiles(1).get(0)).commit();
    Relayout note = new Relayout(UUID.randomUUID(), Optional.empty(), List.of());
    note.requireFit(view());

    rewrite(
        engine.dataFiles(0).subList(0, 1),
        engine.dataFile(0, without(records.subList(0, 10), 3, 4)));

    Await.throwsKind(ErrorKind.CONFLICT, () -> note.requireFit(view()));
  }

  @Test
  void aMergeOfFilesInWhichRowsWereDeletedMeanwhileIsRefused() {
    List<ColdFile> files = partition(id).files().subList(0, 2);
    ColdFile merged = cold().merge(id, files, SETTINGS);
    table()
        .newRowDelta()
        .addDeletes(engine.positionDeletes(0, files.get(0).location(), 4))
        .commit();

    Await.throwsKind(
        ErrorKind.CONFLICT,
        () ->
            cold()
                .commit(
                    id.topic(),
                    ColdCommit.ofMerges(
                        UUID.randomUUID(), List.of(new ColdCommit.Merge(files, merged)))));
    assertWell(without(records, 4));
  }

  private void assertBroughtBack(List<StoredRecord> expected) {
    assertWell(expected);
    assertThat(cold().maintain(id.topic())).isTrue();

    assertThat(partition(id).files()).allMatch(ColdFile::isInLayout);
    assertThat(engine.dataFiles(0)).allMatch(file -> file.location().contains("/data/0/000000000"));
    assertWell(expected);
    goesOn(expected);
    node = warehouse.start();
    assertThat(partition(id).problem()).isEmpty();
  }

  private ForeignSource source() {
    return view().partition(0).sources().get(0);
  }

  /** The table as it is now, as a process sees it that knows nothing of it. */
  private TableView view() {
    ForeignFiles foreign = new ForeignFiles(new StoreFileIO(warehouse.store()));
    BaseTable now = (BaseTable) table();
    return TableView.of(
        id.topic(), "t", now.operations().current(), now.io(), new ManifestContents(), foreign);
  }

  private String progressProperty() {
    return table().properties().get("thermocline.p.0");
  }

  private int deleteFiles() {
    return table().currentSnapshot().deleteManifests(table().io()).stream()
        .mapToInt(manifest -> manifest.addedFilesCount() + manifest.existingFilesCount())
        .sum();
  }

  private static List<StoredRecord> join(List<StoredRecord> some, List<StoredRecord> others) {
    List<StoredRecord> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  private void assertWell(List<StoredRecord> expected) {
    expireCopies();
    assertThat(partition(id).problem()).isEmpty();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(expected);
    assertThat(readAll(id, 0, 1)).isEqualTo(expected);
  }

  /** Tiering goes on, on top of what the others did. */
  private void goesOn(List<StoredRecord> before) {
    long from = partition(id).tieredTo();
    tier(id, Records.plain(from, 5));
    List<StoredRecord> all = new ArrayList<>(before);
    all.addAll(Records.plain(from, 5));
    assertWell(all);
  }

  private void assertDegraded(String why) {
    expireCopies();
    ColdPartition partition = partition(id);
    assertThat(partition.problem()).get().asString().contains(why);
    assertThat(partition.tieredTo()).isEqualTo(40);
    Await.throwsKind(
        ErrorKind.CONFLICT,
        () ->
            commit(
                id,
                ColdTierSubject.move(
                    id, 40, 45, write(id, new OffsetRange(40, 45), Records.plain(40, 5)))));
  }

  private void rewrite(List<DataFile> old, DataFile... rewritten) {
    RewriteFiles rewrite = table().newRewrite();
    old.forEach(rewrite::deleteFile);
    for (DataFile file : rewritten) {
      rewrite.addFile(file);
    }
    rewrite.commit();
  }

  private void overwrite(DataFile old, DataFile rewritten) {
    OverwriteFiles overwrite = table().newOverwrite();
    overwrite.deleteFile(old).addFile(rewritten).commit();
  }

  private static List<StoredRecord> without(List<StoredRecord> records, long... offsets) {
    Set<Long> left = new HashSet<>();
    for (long offset : offsets) {
      left.add(offset);
    }
    return records.stream().filter(record -> !left.contains(record.offset())).toList();
  }

  private void expireCopies() {
    warehouse.clock.advance(TestWarehouse.MAX_VIEW_AGE);
  }

  private Table table() {
    return warehouse.foreign(id.topic());
  }
}
