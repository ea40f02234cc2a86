package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.WriteBudget;
import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that can't be brought back keep no others from it. */
final class LayoutRepairTest extends OnWarehouse {
  private TopicTable table;
  private LayoutRepair repair;
  private List<Path> files;

  @BeforeEach
  void tier() {
    for (int from = 0; from < 40; from += 10) {
      tier(id, Records.plain(from, 10));
    }
    ObjectStore store = warehouse.store();
    FaultyCatalog tables = warehouse.start().catalog();
    WarehouseCatalog catalog = new WarehouseCatalog(() -> tables, "lake", store.location(""));
    ForeignFiles foreign = new ForeignFiles(new StoreFileIO(store));
    WarehouseTraces traces = new WarehouseTraces(store, new TopicRecords(store));
    DataFileUpload uploads =
        new DataFileUpload(
            store,
            directory.resolve("scratch"),
            Duration.ofHours(1),
            warehouse.clock,
            WriteBudget.defaults());
    table =
        new TopicTable(
            id.topic(),
            catalog,
            new ManifestContents(),
            foreign,
            traces,
            warehouse.clock,
            TestWarehouse.MAX_VIEW_AGE);
    // One file uses up what a round may read.
    repair =
        new LayoutRepair(
            new TableCommitter(() -> 1, catalog, uploads::require),
            uploads,
            foreign,
            new ColdMetrics(warehouse.registry),
            1);
    files = new ArrayList<>();
    new OtherEngine(warehouse.foreign(id.topic()))
        .dataFiles(0)
        .forEach(file -> files.add(Path.of(URI.create(file.location()))));
  }

  @Test
  void whatFailsComesLastUntilItIsMended() throws IOException {
    deleteFirstRows(0, 1, 2);
    byte[] whole = damage(files.get(0));
    byte[] unused = damage(files.get(1));

    assertThat(repair.run(table)).as("the third in spite of the first two").isTrue();
    assertThat(failures()).isEqualTo(2);
    assertThat(toBringBack()).containsExactly(files.get(0), files.get(1));

    deleteFirstRows(3);
    assertThat(repair.run(table)).as("the fourth before those that failed").isTrue();
    assertThat(failures()).isEqualTo(2);
    assertThat(toBringBack()).containsExactly(files.get(0), files.get(1));

    Files.write(files.get(0), whole);
    assertThat(repair.run(table)).isTrue();
    assertThat(repair.run(table)).isFalse();
    assertThat(failures()).isEqualTo(3);
    assertThat(toBringBack()).containsExactly(files.get(1));
  }

  private void deleteFirstRows(int... ofFiles) {
    Table foreign = warehouse.foreign(id.topic());
    OtherEngine engine = new OtherEngine(foreign);
    List<DataFile> all = engine.dataFiles(0);
    RowDelta delta = foreign.newRowDelta();
    for (int file : ofFiles) {
      delta.addDeletes(engine.positionDeletes(0, all.get(file).location(), 0));
    }
    delta.commit();
  }

  private static byte[] damage(Path file) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, new byte[whole.length]);
    return whole;
  }

  private List<Path> toBringBack() {
    return table.exclusively(TopicTable.Access::look).orElseThrow().partition(0).sources().stream()
        .map(source -> Path.of(URI.create(source.file().location())))
        .toList();
  }

  private double failures() {
    return warehouse
        .registry
        .get("thermocline.cold.errors")
        .tag("operation", "bring-back")
        .counter()
        .count();
  }
}
