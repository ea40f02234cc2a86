package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.model.ColdTier;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process knows of a table never gets older. */
final class TopicTableTest implements ColdTierSubject {
  @TempDir private Path directory;
  private TestWarehouse warehouse;
  private TestWarehouse.Node node;

  @BeforeEach
  void start() {
    warehouse = new TestWarehouse(directory);
    node = warehouse.start();
  }

  @AfterEach
  void stop() {
    warehouse.close();
  }

  @Override
  public ColdTier cold() {
    return node.cold();
  }

  /** Asked for the time, it may let something else happen first. */
  private static final class BusyClock implements InstantSource {
    private Instant now = Instant.EPOCH;
    private int calm = Integer.MAX_VALUE;
    private Runnable meanwhile = () -> {};

    void after(int looks, Runnable then) {
      calm = looks;
      meanwhile = then;
    }

    @Override
    public Instant instant() {
      if (calm-- == 0) {
        meanwhile.run();
      }
      return now;
    }
  }

  @Test
  void aReaderWhoseLookFailedDoesNotUndoALookThatCameMeanwhile() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    FaultyCatalog catalog = warehouse.start().catalog();
    BusyClock clock = new BusyClock();
    TopicTable table =
        new TopicTable(
            id.topic(),
            new WarehouseCatalog(() -> catalog, "lake", "file://" + warehouse.warehouse()),
            new ManifestContents(),
            new ForeignFiles(new StoreFileIO(warehouse.store())),
            new WarehouseTraces(warehouse.store(), new TopicRecords(warehouse.store())),
            clock,
            Duration.ofSeconds(1));
    assertThat(tieredTo(table.view().orElseThrow())).isEqualTo(10);

    tier(id, Records.plain(10, 10));
    clock.now = clock.now.plusSeconds(2);
    catalog.throwOnRefresh(0, new ServiceUnavailableException("away"));
    // The reader's look fails; before it goes on, a commit reads back what it made.
    clock.after(
        2,
        () -> {
          catalog.heal();
          assertThat(tieredTo(table.exclusively(TopicTable.Access::look).orElseThrow()))
              .isEqualTo(20);
        });

    assertThat(tieredTo(table.viewForReading().orElseThrow())).isEqualTo(20);
    assertThat(tieredTo(table.lastKnown().orElseThrow())).isEqualTo(20);
  }

  private static long tieredTo(TableView view) {
    return view.partition(0).progress().tieredTo();
  }
}
