package io.thermocline.cold.parquet;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The columns of a log, as Iceberg and as Parquet know them. The field ids are those that Iceberg
 * gives this schema when it makes a table of it, and never change.
 *
 * <pre>
 * id  column          type
 *  1  partition       int             required
 *  2  record_offset   long            required
 *  3  timestamp       timestamptz     required   microseconds, always whole milliseconds
 *  4  append_time     timestamptz     required   likewise
 *  5  key             binary          optional
 *  6  value           binary          optional
 *  7  headers         list            required   empty where a record has none
 *  8    element       struct          required
 *  9      name        string          required
 * 10      value       binary          optional
 * </pre>
 */
public final class LogSchema {
  public static final int PARTITION_ID = 1;
  public static final int RECORD_OFFSET_ID = 2;
  public static final int TIMESTAMP_ID = 3;
  public static final int APPEND_TIME_ID = 4;
  public static final int KEY_ID = 5;
  public static final int VALUE_ID = 6;
  public static final int HEADERS_ID = 7;
  private static final int HEADER_ID = 8;
  private static final int HEADER_NAME_ID = 9;
  private static final int HEADER_VALUE_ID = 10;

  /** The table's schema when it is made. */
  public static final Schema ICEBERG =
      new Schema(
          required(PARTITION_ID, "partition", org.apache.iceberg.types.Types.IntegerType.get()),
          required(
              RECORD_OFFSET_ID, "record_offset", org.apache.iceberg.types.Types.LongType.get()),
          required(
              TIMESTAMP_ID, "timestamp", org.apache.iceberg.types.Types.TimestampType.withZone()),
          required(
              APPEND_TIME_ID,
              "append_time",
              org.apache.iceberg.types.Types.TimestampType.withZone()),
          optional(KEY_ID, "key", org.apache.iceberg.types.Types.BinaryType.get()),
          optional(VALUE_ID, "value", org.apache.iceberg.types.Types.BinaryType.get()),
          required(
              HEADERS_ID,
              "headers",
              org.apache.iceberg.types.Types.ListType.ofRequired(
                  HEADER_ID,
                  org.apache.iceberg.types.Types.StructType.of(
                      required(
                          HEADER_NAME_ID, "name", org.apache.iceberg.types.Types.StringType.get()),
                      optional(
                          HEADER_VALUE_ID,
                          "value",
                          org.apache.iceberg.types.Types.BinaryType.get())))));

  /** The same columns in a Parquet file. */
  static final MessageType PARQUET = parquet();

  /** The leaves of {@link #PARQUET}, in the order in which their chunks lie in a row group. */
  static final List<ColumnDescriptor> LEAVES = PARQUET.getColumns();

  static final int PARTITION = 0;
  static final int RECORD_OFFSET = 1;
  static final int TIMESTAMP = 2;
  static final int APPEND_TIME = 3;
  static final int KEY = 4;
  static final int VALUE = 5;
  static final int HEADER_NAME = 6;
  static final int HEADER_VALUE = 7;
  static final int LEAF_COUNT = 8;

  private LogSchema() {}

  private static MessageType parquet() {
    LogicalTypeAnnotation instant = LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS);
    Type header =
        org.apache.parquet.schema.Types.requiredGroup()
            .required(BINARY)
            .as(LogicalTypeAnnotation.stringType())
            .id(HEADER_NAME_ID)
            .named("name")
            .optional(BINARY)
            .id(HEADER_VALUE_ID)
            .named("value")
            .id(HEADER_ID)
            .named("element");
    return org.apache.parquet.schema.Types.buildMessage()
        .required(INT32)
        .id(PARTITION_ID)
        .named("partition")
        .required(INT64)
        .id(RECORD_OFFSET_ID)
        .named("record_offset")
        .required(INT64)
        .as(instant)
        .id(TIMESTAMP_ID)
        .named("timestamp")
        .required(INT64)
        .as(instant)
        .id(APPEND_TIME_ID)
        .named("append_time")
        .optional(BINARY)
        .id(KEY_ID)
        .named("key")
        .optional(BINARY)
        .id(VALUE_ID)
        .named("value")
        .addField(
            org.apache.parquet.schema.Types.requiredList()
                .element(header)
                .id(HEADERS_ID)
                .named("headers"))
        .named("table");
  }
}
