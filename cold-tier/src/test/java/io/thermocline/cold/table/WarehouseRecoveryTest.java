package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.RecoverableTopic;
import io.thermocline.testkit.Records;
import java.nio.file.Path;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A warehouse alone tells what it has of its topics, whoever wrote to their tables last. */
final class WarehouseRecoveryTest extends OnWarehouse {
  @BeforeEach
  void tier() {
    tier(id, Records.plain(0, 10));
    tier(id, Records.plain(10, 10));
  }

  @Test
  void deletesThatAreNotBroughtBackYetAreFoundWithAndWithoutACatalog() {
    Table table = warehouse.foreign(id.topic());
    OtherEngine engine = new OtherEngine(table);
    DataFile first = engine.dataFiles(0).get(0);
    table.newRowDelta().addDeletes(engine.positionDeletes(0, first.location(), 0, 4)).commit();

    assertFoundAtNewest(directory);
    assertFoundAtNewest(directory.resolve("lost"));
  }

  private void assertFoundAtNewest(Path data) {
    List<Path> versions = warehouse.files(".metadata.json");
    RecoverableTopic found = warehouse.look(data).topics().get(0);
    assertThat(found.problem()).isEmpty();
    assertThat(found.remarks()).isEmpty();
    assertThat(found.table())
        .map(RecoverableTopic.Table::metadata)
        .contains("file://" + versions.get(versions.size() - 1));
    assertThat(found.table().orElseThrow().partition(0).files())
        .extracting(file -> file.rows())
        .containsExactly(8L, 10L);
  }
}
