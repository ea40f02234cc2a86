package io.thermocline.cold.table;

import io.thermocline.cold.parquet.LogSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.MetricsModes;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableProperties;

/** How every topic's table is laid out: schema, partition spec, sort order, properties. */
final class TableLayout {
  static final Schema SCHEMA = LogSchema.ICEBERG;

  static final PartitionSpec SPEC =
      PartitionSpec.builderFor(SCHEMA).identity(column(LogSchema.PARTITION_ID)).build();

  static final SortOrder SORT_ORDER =
      SortOrder.builderFor(SCHEMA)
          .asc(column(LogSchema.RECORD_OFFSET_ID), NullOrder.NULLS_FIRST)
          .build();

  /** The columns with full metrics; the others have none. */
  private static final int[] MEASURED = {
    LogSchema.PARTITION_ID,
    LogSchema.RECORD_OFFSET_ID,
    LogSchema.TIMESTAMP_ID,
    LogSchema.APPEND_TIME_ID
  };

  /** Other writers' row groups: we hold one of them in memory to bring it back. */
  private static final int ROW_GROUP_BYTES = 32 << 20;

  /** Old metadata files kept; each commit writes one. */
  private static final int METADATA_VERSIONS_KEPT = 20;

  /** Where a table's files lie, below its location. */
  static final List<String> FOLDERS = List.of("/data/", "/metadata/");

  private TableLayout() {}

  /** The properties of a new table that Iceberg and other engines read. */
  static Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put(TableProperties.FORMAT_VERSION, "2");
    properties.put(TableProperties.DEFAULT_FILE_FORMAT, "parquet");
    properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
    properties.put(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, Integer.toString(ROW_GROUP_BYTES));
    properties.put(TableProperties.DEFAULT_WRITE_METRICS_MODE, MetricsModes.None.get().toString());
    for (int id : MEASURED) {
      properties.put(
          TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + column(id),
          MetricsModes.Full.get().toString());
    }
    properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
    properties.put(
        TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, Integer.toString(METADATA_VERSIONS_KEPT));
    return properties;
  }

  /** Whether {@code spec} is identity(partition), whatever its number. */
  static boolean isOurs(PartitionSpec spec, Schema schema) {
    return spec.fields().size() == 1
        && spec.fields().get(0).transform().isIdentity()
        && spec.fields().get(0).sourceId() == LogSchema.PARTITION_ID
        && Objects.equals(
            schema.findColumnName(LogSchema.PARTITION_ID), column(LogSchema.PARTITION_ID));
  }

  private static String column(int id) {
    return SCHEMA.findColumnName(id);
  }
}
