package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.junit.jupiter.api.Test;

/**
 * Upkeep brings what other engines did to a table back into our layout. Each subclass has it in
 * another store.
 */
abstract class BringingBack extends OtherEngineSuite {
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
  void maintenanceGoesOnForTheOthersWhereAPartitionIsDegraded() {
    TopicPartition second = id.topic().partition(1);
    List<StoredRecord> others = Records.plain(0, 5);
    tier(second, others);
    rewrite(engine.dataFiles(1), engine.dataFile(1, others));
    rewrite(
        engine.dataFiles(0).subList(0, 1),
        engine.dataFile(0, without(records.subList(0, 10), 3, 4)));
    expireCopies();

    assertThat(cold().maintain(id.topic())).isTrue();

    assertThat(partition(second).files()).allMatch(ColdFile::isInLayout);
    assertThat(readAll(second, 0, 1 << 20)).isEqualTo(others);
    assertThat(partition(id).problem()).get().asString().contains("offsets [3, 5) are missing");
    assertThat(readAll(id, 5, 1 << 20)).isEqualTo(records.subList(5, 40));
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

  @Test
  void rowsDeletedByADeletionVectorAreGaps() {
    table().updateProperties().set("format-version", "3").commit();
    engine = new OtherEngine(table());
    DataFile first = engine.dataFiles(0).get(0);
    table().newRowDelta().addDeletes(engine.deletionVector(0, first.location(), 3, 4)).commit();

    assertBroughtBack(without(records, 3, 4));
  }

  private ForeignSource source() {
    return view().partition(0).sources().get(0);
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

  /** The table as it is now, as a process sees it that knows nothing of it. */
  private TableView view() {
    ForeignFiles foreign = new ForeignFiles(new StoreFileIO(warehouse.store()));
    BaseTable now = (BaseTable) table();
    return TableView.of(
        id.topic(), "t", now.operations().current(), now.io(), new ManifestContents(), foreign);
  }
}
