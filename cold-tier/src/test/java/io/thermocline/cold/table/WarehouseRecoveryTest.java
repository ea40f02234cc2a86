package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.RecoverableTopic;
import io.thermocline.cold.RecoverableWarehouse;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
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

  @Test
  void aDamagedRecordIsToldAndTheOthersAreFound() throws IOException {
    TopicPartition other = new TopicId(UUID.randomUUID(), "other").partition(0);
    tier(other, Records.plain(0, 10));
    Path record =
        warehouse.warehouse().resolve("_thermocline/topics/%s-1.json".formatted(id.topic().uuid()));
    Files.writeString(record, "{}");

    RecoverableWarehouse found = warehouse.look(directory);

    assertThat(found.topics()).extracting(RecoverableTopic::id).containsExactly(other.topic());
    assertThat(found.unreadable())
        .singleElement()
        .satisfies(
            unreadable -> {
              assertThat(unreadable.topic()).isEqualTo(id.topic().uuid());
              assertThat(unreadable.problem()).contains(record.toString(), "damaged");
            });
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
