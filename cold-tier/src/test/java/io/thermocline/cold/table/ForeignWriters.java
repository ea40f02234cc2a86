package io.thermocline.cold.table;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;

/**
 * What other engines may do to a table: what they rewrote is read, what they deleted is a gap, and
 * what can't be explained stops the partition. Each subclass has it in another store.
 */
abstract class ForeignWriters extends OtherEngineSuite {
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
}
