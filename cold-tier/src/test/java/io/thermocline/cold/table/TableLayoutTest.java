package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table is what its users are told it is, and other engines read the same rows from it. */
final class TableLayoutTest implements ColdTierSubject {
  @TempDir private Path directory;
  private TestWarehouse warehouse;
  private ColdTier cold;
  private TopicPartition id;

  @BeforeEach
  void start() {
    warehouse = new TestWarehouse(directory);
    cold = warehouse.start().cold();
    id = newPartition();
  }

  @AfterEach
  void stop() {
    warehouse.close();
  }

  @Override
  public ColdTier cold() {
    return cold;
  }

  @Test
  void aTableHasTheLayoutThatIsDocumented() {
    tier(id.topic().partition(3), Records.plain(0, 10));

    Table table = warehouse.foreign(id.topic());

    assertThat(((BaseTable) table).operations().current().formatVersion()).isEqualTo(2);
    assertThat(table.schema().sameSchema(TableLayout.SCHEMA)).isTrue();
    assertThat(table.spec().fields()).hasSize(1);
    assertThat(table.spec().fields().get(0).transform().isIdentity()).isTrue();
    assertThat(table.sortOrder().sameOrder(TableLayout.SORT_ORDER)).isTrue();
    MetricsConfig metrics = MetricsConfig.forTable(table);
    for (String column : List.of("partition", "record_offset", "timestamp", "append_time")) {
      assertThat(metrics.columnMode(column)).hasToString("full");
    }
    for (String column : List.of("key", "value", "headers.element.name")) {
      assertThat(metrics.columnMode(column)).hasToString("none");
    }
    assertThat(table.properties())
        .containsEntry("write.metadata.delete-after-commit.enabled", "true");
  }

  @Test
  void filesLieWhereTheirNamesSayWhatIsInThem() {
    ColdTopic topic = tier(id, Records.plain(0, 10));

    String uuid = id.topic().uuid().toString().substring(0, 8);
    assertThat(topic.table()).isEqualTo("lake.web_orders");
    assertThat(topic.location()).endsWith("/warehouse/lake/web_orders-" + uuid);
    assertThat(topic.partition(0).files().get(0).location())
        .startsWith(topic.location())
        .matches(
            ".*/data/0/00000000000000000000-00000000000000000010-[0-9a-f]{8}-[0-9a-f]{16}\\.parquet");
  }

  @Test
  void manifestsHoldBoundsOfTheFirstFourColumnsOnly() throws IOException {
    tier(id, Records.plain(0, 10));

    try (CloseableIterable<FileScanTask> tasks =
        warehouse.foreign(id.topic()).newScan().includeColumnStats().planFiles()) {
      DataFile file = tasks.iterator().next().file();
      assertThat(file.lowerBounds()).containsOnlyKeys(1, 2, 3, 4);
      assertThat(file.upperBounds()).containsOnlyKeys(1, 2, 3, 4);
      assertThat(file.sortOrderId()).isEqualTo(1);
      assertThat(file.splitOffsets()).isNotEmpty();
    }
  }

  @Test
  void duckDbReadsTheSameRows() throws SQLException {
    List<StoredRecord> records = new ArrayList<>(Records.odd(0));
    records.addAll(Records.random(new Random(7), records.size(), 300, 5));
    tier(id, records.subList(0, 150));
    tier(id, records.subList(150, records.size()));

    assertThat(inDuckDb(partition(id).files())).isEqualTo(withoutHeaders(records));
    assertThat(withoutHeaders(readAll(id, 0, 1 << 20))).isEqualTo(withoutHeaders(records));
  }

  private List<StoredRecord> inDuckDb(List<ColdFile> files) throws SQLException {
    List<ColdTier.LocalFile> local = files.stream().map(cold::local).toList();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT record_offset, epoch_us(\"timestamp\"), key, value FROM read_parquet(["
                    + String.join(",", local.stream().map(file -> "'" + file.path() + "'").toList())
                    + "], hive_partitioning = false) WHERE partition = 0 ORDER BY record_offset")) {
      List<StoredRecord> records = new ArrayList<>();
      while (rows.next()) {
        records.add(
            new StoredRecord(
                rows.getLong(1),
                Math.floorDiv(rows.getLong(2), 1000),
                bytes(rows, 3),
                bytes(rows, 4),
                List.of()));
      }
      return records;
    } finally {
      local.forEach(ColdTier.LocalFile::close);
    }
  }

  private static Bytes bytes(ResultSet rows, int column) throws SQLException {
    byte[] bytes = rows.getBytes(column);
    return bytes == null ? null : Bytes.of(bytes);
  }

  private static List<StoredRecord> withoutHeaders(List<StoredRecord> records) {
    return records.stream()
        .map(
            record ->
                new StoredRecord(
                    record.offset(),
                    record.timestampMillis(),
                    record.key(),
                    record.value(),
                    List.of()))
        .toList();
  }
}
