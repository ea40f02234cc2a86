package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;

/** What was found out about other writers' files is not looked up again with each new version. */
final class ForeignLooksTest extends OnWarehouse {
  @Test
  void aFileInPiecesWithDeletedRowsIsLookedAtOnce() {
    List<StoredRecord> records = Records.plain(0, 30);
    for (int from = 0; from < 30; from += 10) {
      tier(id, records.subList(from, from + 10));
    }
    interleave(records);
    TestWarehouse.Node writer = node;
    AtomicReference<CountingStore> store = new AtomicReference<>();
    node =
        warehouse.start(
            real -> {
              store.set(new CountingStore(real));
              return store.get();
            });
    assertThat(partition(id).files()).hasSize(5);
    int reads = store.get().reads.size();
    assertThat(reads).isPositive();

    TestWarehouse.Node reader = node;
    node = writer;
    tier(id, Records.plain(30, 10));
    node = reader;
    expireCopies();

    assertThat(partition(id).files()).hasSize(6);
    assertThat(store.get().reads).hasSize(reads);
  }

  /** The first and the last file become two, each with a half of both, and one loses a row. */
  private void interleave(List<StoredRecord> records) {
    Table table = warehouse.foreign(id.topic());
    OtherEngine engine = new OtherEngine(table);
    List<DataFile> files = engine.dataFiles(0);
    List<StoredRecord> early = new ArrayList<>(records.subList(0, 5));
    early.addAll(records.subList(20, 25));
    List<StoredRecord> late = new ArrayList<>(records.subList(5, 10));
    late.addAll(records.subList(25, 30));
    DataFile first = engine.dataFile(0, early);
    RewriteFiles rewrite = table.newRewrite();
    rewrite.deleteFile(files.get(0)).deleteFile(files.get(2));
    rewrite.addFile(first).addFile(engine.dataFile(0, late)).commit();
    table.newRowDelta().addDeletes(engine.positionDeletes(0, first.location(), 1)).commit();
  }
}
