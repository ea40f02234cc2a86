package io.thermocline.cold.parquet;

import io.thermocline.codec.RecordCursor;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.hadoop.ParquetFileWriter;

/**
 * The row group that is being written, as finished pages in memory: chunks lie one after the other
 * in the file, but records bring all columns at once.
 */
final class RowGroupBuffer {
  /** What the numbers of one record take before they are packed. */
  private static final int NUMBER_BYTES = Integer.BYTES + 3 * Long.BYTES;

  private final int maxBytes;
  private final NumberPages partition;
  private final NumberPages recordOffset;
  private final NumberPages timestamp;
  private final NumberPages appendTime;
  private final BytesPages key;
  private final BytesPages value;
  private final BytesPages headerName;
  private final BytesPages headerValue;
  private final List<ColumnPages> columns;
  private final KeyFilter keys = new KeyFilter();
  private final PageChecksums pageChecksums = new PageChecksums();
  private long rows;
  private long bytes;

  RowGroupBuffer(DataFileSettings settings, PageCompressor compressor) {
    maxBytes = settings.rowGroupBytes();
    GrowingBytes scratch = new GrowingBytes(settings.pageBytes() + 1024);
    partition = numbers(LogSchema.PARTITION, compressor, scratch);
    recordOffset = numbers(LogSchema.RECORD_OFFSET, compressor, scratch);
    timestamp = numbers(LogSchema.TIMESTAMP, compressor, scratch);
    appendTime = numbers(LogSchema.APPEND_TIME, compressor, scratch);
    int pageBytes = settings.pageBytes();
    key = bytes(LogSchema.KEY, pageBytes, compressor, scratch);
    value = bytes(LogSchema.VALUE, pageBytes, compressor, scratch);
    headerName = bytes(LogSchema.HEADER_NAME, pageBytes, compressor, scratch);
    headerValue = bytes(LogSchema.HEADER_VALUE, pageBytes, compressor, scratch);
    columns =
        List.of(
            partition, recordOffset, timestamp, appendTime, key, value, headerName, headerValue);
  }

  private static NumberPages numbers(int leaf, PageCompressor compressor, GrowingBytes scratch) {
    return new NumberPages(LogSchema.LEAVES.get(leaf), compressor, scratch);
  }

  private static BytesPages bytes(
      int leaf, int pageBytes, PageCompressor compressor, GrowingBytes scratch) {
    return new BytesPages(LogSchema.LEAVES.get(leaf), pageBytes, compressor, scratch);
  }

  /** Adds the record the cursor stands on. Its headers are walked here, which can be done once. */
  void add(
      int partitionNumber, RecordCursor record, long appendTimeMillis, ContentChecksum checksum)
      throws IOException {
    int keyLength = record.keyLength();
    int valueLength = record.valueLength();
    partition.add(partitionNumber);
    recordOffset.add(record.offset());
    timestamp.add(Micros.ofMillis(record.timestampMillis()));
    appendTime.add(Micros.ofMillis(appendTimeMillis));
    checksum.record(
        record.offset(), record.timestampMillis(), appendTimeMillis, keyLength, valueLength);
    addBytes(key, record.array(), record.keyStart(), keyLength, checksum);
    addBytes(value, record.array(), record.valueStart(), valueLength, checksum);
    if (keyLength >= 0) {
      keys.add(record.array(), record.keyStart(), keyLength);
    }
    addHeaders(record, checksum);
    rows++;
    bytes += NUMBER_BYTES + record.recordBytes();
  }

  private static void addBytes(
      BytesPages pages, byte[] source, int start, int length, ContentChecksum checksum)
      throws IOException {
    pages.beginRow(Integer.BYTES + (long) length);
    if (length < 0) {
      pages.addAbsent(0, 0);
    } else {
      pages.add(0, source, start, length);
      checksum.bytes(source, start, length);
    }
  }

  private void addHeaders(RecordCursor record, ContentChecksum checksum) throws IOException {
    long atMost =
        (long) record.recordBytes()
            - Math.max(0, record.keyLength())
            - Math.max(0, record.valueLength());
    headerName.beginRow(atMost);
    headerValue.beginRow(atMost);
    byte[] array = record.array();
    int repetition = 0;
    while (record.nextHeader()) {
      int nameLength = record.headerNameLength();
      int valueLength = record.headerValueLength();
      checksum.header(nameLength, valueLength);
      headerName.add(repetition, array, record.headerNameStart(), nameLength);
      checksum.bytes(array, record.headerNameStart(), nameLength);
      if (valueLength < 0) {
        headerValue.addAbsent(repetition, 1);
      } else {
        headerValue.add(repetition, array, record.headerValueStart(), valueLength);
        checksum.bytes(array, record.headerValueStart(), valueLength);
      }
      repetition = 1;
    }
    if (repetition == 0) {
      headerName.addAbsent(0, 0);
      headerValue.addAbsent(0, 0);
    }
    checksum.endRecord();
  }

  /** Those of all pages that were written so far, of every row group. */
  PageChecksums pageChecksums() {
    return pageChecksums;
  }

  boolean isEmpty() {
    return rows == 0;
  }

  boolean isFull() {
    return bytes >= maxBytes;
  }

  /** Writes the row group and makes ready for the next. */
  void writeTo(ParquetFileWriter file) throws IOException {
    file.startBlock(rows);
    for (ColumnPages column : columns) {
      column.writeTo(file, pageChecksums);
    }
    if (!keys.isEmpty()) {
      file.addBloomFilter("key", keys.drain());
    }
    file.endBlock();
    rows = 0;
    bytes = 0;
  }
}
