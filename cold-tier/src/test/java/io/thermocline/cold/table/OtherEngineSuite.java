package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.BeforeEach;

/** A partition of three files and 40 records, and another engine that writes to its table. */
abstract class OtherEngineSuite extends OnWarehouse {
  List<StoredRecord> records;

  OtherEngine engine;

  @BeforeEach
  void tier() {
    records = new ArrayList<>(Records.odd(0));
    records.addAll(Records.plain(records.size(), 40 - records.size()));
    tier(id, records.subList(0, 10));
    tier(id, records.subList(10, 20));
    tier(id, records.subList(20, 40));
    engine = new OtherEngine(table());
  }

  void assertWell(List<StoredRecord> expected) {
    expireCopies();
    assertThat(partition(id).problem()).isEmpty();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(expected);
    assertThat(readAll(id, 0, 1)).isEqualTo(expected);
  }

  /** Tiering goes on, on top of what the others did. */
  void goesOn(List<StoredRecord> before) {
    long from = partition(id).tieredTo();
    tier(id, Records.plain(from, 5));
    List<StoredRecord> all = new ArrayList<>(before);
    all.addAll(Records.plain(from, 5));
    assertWell(all);
  }

  void rewrite(List<DataFile> old, DataFile... rewritten) {
    Table table = table();
    RewriteFiles rewrite =
        table.newRewrite().validateFromSnapshot(table.currentSnapshot().snapshotId());
    old.forEach(rewrite::deleteFile);
    for (DataFile file : rewritten) {
      rewrite.addFile(file);
    }
    rewrite.commit();
  }

  void overwrite(DataFile old, DataFile rewritten) {
    OverwriteFiles overwrite = table().newOverwrite();
    overwrite.deleteFile(old).addFile(rewritten).commit();
  }

  static List<StoredRecord> without(List<StoredRecord> records, long... offsets) {
    Set<Long> left = new HashSet<>();
    for (long offset : offsets) {
      left.add(offset);
    }
    return records.stream().filter(record -> !left.contains(record.offset())).toList();
  }
}
