package io.thermocline.cold.foreign;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.cold.parquet.LogSchema;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.InputFile;

/**
 * The rows of a part of another writer's file as batches in offset order, in whatever order they
 * lie. A file in offset order is read once. Of any other the smallest offsets that fit into {@link
 * #WINDOW_BYTES} are gathered, again and again: it takes time rather than memory. One thread.
 */
final class ForeignRows implements Iterator<RecordBatch>, AutoCloseable {
  static final int WINDOW_BYTES = 32 << 20;

  private static final int BATCH_BYTES = 1 << 20;

  /** What an object on the heap takes beside its bytes, roughly. */
  private static final int ROW_OVERHEAD = 200;

  private final InputFile file;
  private final int partition;
  private final OffsetRange range;
  private final boolean ascending;
  private final LongPredicate deleted;
  private final BatchBuilder builder = new BatchBuilder();
  private final HeaderBuffer headers = new HeaderBuffer();
  private final TreeMap<Long, Record> window = new TreeMap<>();
  private ParquetRows rows;
  private long nextOffset;
  private boolean ended;
  private Record pending;

  /**
   * @param deleted positions whose rows are left out
   */
  ForeignRows(InputFile file, int partition, ForeignPart part, LongPredicate deleted) {
    this.file = file;
    this.partition = partition;
    this.range = part.range();
    this.ascending = part.ascending();
    this.deleted = deleted;
    this.nextOffset = range.from();
  }

  @Override
  public boolean hasNext() {
    if (pending == null) {
      pending = nextRow();
    }
    return pending != null;
  }

  @Override
  public RecordBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    long appendTime = millis(pending, LogSchema.APPEND_TIME_ID);
    long first = offset(pending);
    while (hasNext()
        && millis(pending, LogSchema.APPEND_TIME_ID) == appendTime
        && offset(pending) - first < Integer.MAX_VALUE
        && (builder.count() == 0 || builder.sizeInBytes() + size(pending) <= BATCH_BYTES)) {
      add(pending);
      pending = null;
    }
    return builder.buildAt(Compression.NONE, appendTime);
  }

  private void add(Record row) {
    headers.clear();
    for (Object header : column(row, LogSchema.HEADERS_ID, List.class)) {
      StructLike pair = (StructLike) header;
      ByteBuffer value = pair.get(1, ByteBuffer.class);
      headers.add(pair.get(0, CharSequence.class).toString(), value == null ? null : bytes(value));
    }
    byte[] key = bytes(column(row, LogSchema.KEY_ID, ByteBuffer.class));
    byte[] value = bytes(column(row, LogSchema.VALUE_ID, ByteBuffer.class));
    builder.add(
        offset(row),
        millis(row, LogSchema.TIMESTAMP_ID),
        key,
        0,
        key == null ? -1 : key.length,
        value,
        0,
        value == null ? -1 : value.length,
        headers);
  }

  private Record nextRow() {
    return ascending ? nextInFile() : nextInWindow();
  }

  private Record nextInFile() {
    if (rows == null) {
      rows = open(range);
    }
    Record row = nextWanted();
    if (row != null) {
      if (offset(row) < nextOffset) {
        throw damaged("its offset %d comes after %d".formatted(offset(row), nextOffset - 1));
      }
      nextOffset = offset(row) + 1;
    }
    return row;
  }

  private Record nextInWindow() {
    if (window.isEmpty() && !ended) {
      fillWindow();
    }
    return window.isEmpty() ? null : window.pollFirstEntry().getValue();
  }

  private void fillWindow() {
    long limit = range.to();
    long held = 0;
    try (ParquetRows all = open(new OffsetRange(nextOffset, range.to()))) {
      rows = all;
      for (Record row = nextWanted(); row != null; row = nextWanted()) {
        long offset = offset(row);
        if (offset >= nextOffset && offset < limit) {
          if (window.put(offset, row) != null) {
            throw damaged("it has offset %d twice".formatted(offset));
          }
          held += size(row);
        }
        while (held > WINDOW_BYTES && window.size() > 1) {
          limit = window.lastKey();
          held -= size(window.pollLastEntry().getValue());
        }
      }
    } finally {
      rows = null;
    }
    nextOffset = limit;
    ended = limit == range.to();
  }

  private ParquetRows open(OffsetRange offsets) {
    return new ParquetRows(
        file, LogSchema.ICEBERG, LogSchema.RECORD_OFFSET_ID, Optional.of(offsets));
  }

  /** The next row in the file that is in the range and was not deleted; null at the end. */
  private Record nextWanted() {
    while (rows.next()) {
      Record row = rows.row();
      if (column(row, LogSchema.PARTITION_ID, Integer.class) != partition) {
        throw damaged("it has rows of another partition than " + partition);
      }
      if (range.contains(offset(row)) && !deleted.test(rows.position())) {
        return row;
      }
    }
    return null;
  }

  private static long offset(Record row) {
    return column(row, LogSchema.RECORD_OFFSET_ID, Long.class);
  }

  private long millis(Record row, int id) {
    Instant instant = column(row, id, OffsetDateTime.class).toInstant();
    if (!instant.equals(instant.truncatedTo(ChronoUnit.MILLIS))) {
      throw damaged(
          "offset %d has the time %s, which is not whole milliseconds"
              .formatted(offset(row), instant));
    }
    return instant.toEpochMilli();
  }

  private static long size(Record row) {
    long size = ROW_OVERHEAD;
    size += length(column(row, LogSchema.KEY_ID, ByteBuffer.class));
    size += length(column(row, LogSchema.VALUE_ID, ByteBuffer.class));
    for (Object header : column(row, LogSchema.HEADERS_ID, List.class)) {
      StructLike pair = (StructLike) header;
      size +=
          ROW_OVERHEAD
              + 3L * pair.get(0, CharSequence.class).length()
              + length(pair.get(1, ByteBuffer.class));
    }
    return size;
  }

  private static int length(ByteBuffer bytes) {
    return bytes == null ? 0 : bytes.remaining();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] copy = new byte[buffer.remaining()];
    buffer.duplicate().get(copy);
    return copy;
  }

  /** The ids of a log's top columns count from 1, in their order. */
  private static <T> T column(Record row, int id, Class<T> type) {
    return row.get(id - LogSchema.PARTITION_ID, type);
  }

  private ThermoclineException damaged(String what) {
    return new ThermoclineException(
        ErrorKind.CORRUPT,
        "Another writer's file %s is not rows of a log: %s".formatted(file.location(), what));
  }

  @Override
  public void close() {
    if (rows != null) {
      rows.close();
      rows = null;
    }
  }
}
