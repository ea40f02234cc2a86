package io.thermocline.cold.foreign;

import io.thermocline.cold.store.StoreFailures;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.parquet.ParquetValueReader;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The rows of a Parquet file that another writer laid out, in the order in which they lie. Page
 * checksums are verified where the writer made them. One thread; holds one row group.
 */
final class ParquetRows implements AutoCloseable {
  private final String location;
  private final ParquetFileReader reader;
  private final ParquetValueReader<Record> model;
  private final int offsetId;
  private final Optional<OffsetRange> wanted;
  private int group = -1;
  private long nextPosition;
  private long leftInGroup;
  private long position;
  private Record row;

  /**
   * Opens a file.
   *
   * @param columns those that are read
   * @param offsetId the column that {@code wanted} speaks of
   * @param wanted row groups that have no such offset are skipped
   */
  ParquetRows(InputFile file, Schema columns, int offsetId, Optional<OffsetRange> wanted) {
    this.location = file.location();
    this.offsetId = offsetId;
    this.wanted = wanted;
    ParquetReadOptions options =
        new ParquetReadOptions.Builder(new PlainParquetConfiguration())
            .usePageChecksumVerification(true)
            .build();
    ParquetFileReader opened = null;
    try {
      opened = ParquetFileReader.open(new ParquetInput(file), options);
      MessageType schema = opened.getFileMetaData().getSchema();
      if (!ParquetSchemaUtil.hasIds(schema)) {
        throw new ThermoclineException(
            ErrorKind.CORRUPT, location + " has no field ids, so that its columns are not known");
      }
      opened.setRequestedSchema(ParquetSchemaUtil.pruneColumns(schema, columns));
      this.model = GenericParquetReaders.buildReader(columns, schema);
      this.reader = opened;
    } catch (IOException | RuntimeException e) {
      closeAfter(opened, e);
      throw failure(location, e);
    }
  }

  /** Goes to the next row. Returns false at the end. */
  boolean next() {
    try {
      while (leftInGroup == 0) {
        if (!openNextGroup()) {
          return false;
        }
      }
      row = model.read(null);
      position = nextPosition++;
      leftInGroup--;
      return true;
    } catch (IOException | RuntimeException e) {
      throw failure(location, e);
    }
  }

  private boolean openNextGroup() throws IOException {
    if (group + 1 >= reader.getRowGroups().size()) {
      return false;
    }
    group++;
    BlockMetaData next = reader.getRowGroups().get(group);
    if (wanted.isPresent() && !mayHold(next, wanted.get())) {
      nextPosition += next.getRowCount();
      boolean unused = reader.skipNextRowGroup();
      return true;
    }
    PageReadStore pages = reader.readNextRowGroup();
    model.setPageSource(pages);
    leftInGroup = pages.getRowCount();
    return true;
  }

  private boolean mayHold(BlockMetaData block, OffsetRange range) {
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      Type.ID id = chunk.getPrimitiveType().getId();
      Statistics<?> statistics = chunk.getStatistics();
      if (id != null
          && id.intValue() == offsetId
          && statistics instanceof LongStatistics bounds
          && bounds.hasNonNullValue()) {
        return bounds.getMax() >= range.from() && bounds.getMin() < range.to();
      }
    }
    return true;
  }

  /** The row it stands on; not changed by going on. */
  Record row() {
    return row;
  }

  /** The row's place in the file, from 0 on. */
  long position() {
    return position;
  }

  private static void closeAfter(ParquetFileReader opened, Exception reason) {
    if (opened != null) {
      try {
        opened.close();
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }

  /** What a store says keeps its kind; all else is a file that can't be read as it is. */
  static ThermoclineException failure(String location, Exception failure) {
    return StoreFailures.behind(failure, "Can't read " + location)
        .orElseGet(
            () ->
                new ThermoclineException(
                    ErrorKind.CORRUPT,
                    isMissing(failure)
                        ? location + " is in the table, but not in the store"
                        : "Another writer's file %s can't be read: %s".formatted(location, failure),
                    failure));
  }

  private static boolean isMissing(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .anyMatch(NotFoundException.class::isInstance);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw failure(location, e);
    }
  }
}
