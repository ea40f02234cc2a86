package io.thermocline.cold.table;

import io.thermocline.cold.parquet.LogSchema;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.StoredHeader;
import io.thermocline.testkit.StoredRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DeleteSchemaUtil;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.parquet.Parquet;

/** Writes files as other engines do: in their own naming, with Iceberg's generic writers. */
final class OtherEngine {
  private final Table table;
  private final UnaryOperator<String> naming;

  OtherEngine(Table table) {
    this(table, UnaryOperator.identity());
  }

  /**
   * With names of its own for the same places.
   *
   * @param naming makes them of ours
   */
  OtherEngine(Table table, UnaryOperator<String> naming) {
    this.table = table;
    this.naming = naming;
  }

  /** As Hadoop's file system names a directory of this machine: {@code file:/dir}. */
  static String asHadoopDoes(String location) {
    return location.replaceFirst("^file://", "file:");
  }

  /** A data file with {@code records} in just this order. */
  DataFile dataFile(int partition, List<StoredRecord> records) {
    List<Record> rows = new ArrayList<>();
    for (StoredRecord record : records) {
      rows.add(row(partition, record));
    }
    String path = path(partition, "data");
    FileAppender<Record> written = write(path, LogSchema.ICEBERG, rows);
    return DataFiles.builder(table.spec())
        .withPath(path)
        .withFormat(FileFormat.PARQUET)
        .withPartition(CommitAttempt.partition(table.spec(), partition))
        .withFileSizeInBytes(written.length())
        .withMetrics(written.metrics())
        .build();
  }

  /** A delete file for rows at positions of one data file. */
  DeleteFile positionDeletes(int partition, String dataFile, long... positions) {
    List<Record> rows = new ArrayList<>();
    for (long position : positions) {
      Record row = GenericRecord.create(DeleteSchemaUtil.pathPosSchema());
      row.set(0, dataFile);
      row.set(1, position);
      rows.add(row);
    }
    String path = path(partition, "deletes");
    FileAppender<Record> written = write(path, DeleteSchemaUtil.pathPosSchema(), rows);
    return FileMetadata.deleteFileBuilder(table.spec())
        .ofPositionDeletes()
        .withPath(path)
        .withFormat(FileFormat.PARQUET)
        .withPartition(CommitAttempt.partition(table.spec(), partition))
        .withFileSizeInBytes(written.length())
        .withRecordCount(positions.length)
        .build();
  }

  /** A deletion vector for rows at positions of one data file; the table is of version 3. */
  DeleteFile deletionVector(int partition, String dataFile, long... positions) {
    OutputFileFactory files =
        OutputFileFactory.builderFor(table, 1, 1).format(FileFormat.PUFFIN).build();
    try {
      BaseDVFileWriter writer = new BaseDVFileWriter(files, path -> null);
      try (writer) {
        for (long position : positions) {
          writer.delete(
              dataFile, position, table.spec(), CommitAttempt.partition(table.spec(), partition));
        }
      }
      return writer.result().deleteFiles().get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The live data files of a partition, in the order of their first offsets. */
  List<DataFile> dataFiles(int partition) {
    table.refresh();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().includeColumnStats().planFiles()) {
      return StreamSupport.stream(tasks.spliterator(), false)
          .map(task -> task.file().copy())
          .filter(file -> file.partition().get(0, Integer.class) == partition)
          .sorted(
              Comparator.comparing(
                  file -> file.lowerBounds().get(LogSchema.RECORD_OFFSET_ID).getLong(0)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String path(int partition, String kind) {
    return naming.apply(
        "%s/data/partition=%d/%s-%s.parquet"
            .formatted(table.location(), partition, UUID.randomUUID(), kind));
  }

  private FileAppender<Record> write(String path, Schema schema, List<Record> rows) {
    try {
      FileAppender<Record> appender =
          Parquet.write(table.io().newOutputFile(path))
              .schema(schema)
              .createWriterFunc(type -> GenericParquetWriter.create(schema, type))
              .metricsConfig(MetricsConfig.forTable(table))
              .setAll(table.properties())
              .build();
      try (appender) {
        rows.forEach(appender::add);
      }
      return appender;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Record row(int partition, StoredRecord record) {
    Record row = GenericRecord.create(LogSchema.ICEBERG);
    row.set(0, partition);
    row.set(1, record.offset());
    row.set(2, time(record.timestampMillis()));
    row.set(3, time(ColdTierSubject.APPENDED));
    row.set(4, bytes(record.key()));
    row.set(5, bytes(record.value()));
    row.set(6, record.headers().stream().map(OtherEngine::header).toList());
    return row;
  }

  private static Record header(StoredHeader header) {
    Record row =
        GenericRecord.create(
            LogSchema.ICEBERG
                .findField(LogSchema.HEADERS_ID)
                .type()
                .asListType()
                .elementType()
                .asStructType());
    row.set(0, header.name());
    row.set(1, bytes(header.value()));
    return row;
  }

  private static OffsetDateTime time(long millis) {
    return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }

  private static ByteBuffer bytes(Bytes bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes.toArray());
  }
}
