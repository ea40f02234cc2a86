package io.thermocline.cold.parquet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.hadoop.ParquetFileWriter;

/**
 * One column of the row group that is being written: its finished pages, compressed, and the page
 * that is being filled. A page is a version 1 data page: repetition levels, definition levels (each
 * a length and RLE, where the column has them at all), values; all compressed together.
 */
abstract class ColumnPages {
  private static final int LEVELS_CAPACITY = 256;
  private static final int SCRATCH_KEPT_BYTES = 1 << 20;

  private record Page(
      BytesInput bytes,
      int crc32,
      int rawBytes,
      int valueCount,
      int rowCount,
      Statistics<?> statistics) {}

  final ColumnDescriptor column;
  private final Encoding encoding;
  private final PageCompressor compressor;
  private final GrowingBytes scratch;
  private final RunLengthBitPackingHybridEncoder repetitionLevels;
  private final RunLengthBitPackingHybridEncoder definitionLevels;
  private final List<Page> pages = new ArrayList<>();
  private final CRC32 crc32 = new CRC32();
  private int pageRows;
  private int pageValues;

  /**
   * @param scratch where a page is put together; shared by all columns
   */
  ColumnPages(
      ColumnDescriptor column, Encoding encoding, PageCompressor compressor, GrowingBytes scratch) {
    this.column = column;
    this.encoding = encoding;
    this.compressor = compressor;
    this.scratch = scratch;
    this.repetitionLevels = levels(column.getMaxRepetitionLevel());
    this.definitionLevels = levels(column.getMaxDefinitionLevel());
  }

  private static RunLengthBitPackingHybridEncoder levels(int maxLevel) {
    return maxLevel == 0
        ? null
        : new RunLengthBitPackingHybridEncoder(
            bitWidth(maxLevel), LEVELS_CAPACITY, 64 * 1024, HeapByteBufferAllocator.getInstance());
  }

  static int bitWidth(int maxLevel) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(maxLevel);
  }

  /** Counts one value, or one null, and notes its levels. */
  final void level(int repetition, int definition) throws IOException {
    if (repetition == 0) {
      pageRows++;
    }
    pageValues++;
    if (repetitionLevels != null) {
      repetitionLevels.writeInt(repetition);
    }
    if (definitionLevels != null) {
      definitionLevels.writeInt(definition);
    }
  }

  /** Rows in the page that is being filled. */
  final int pageRows() {
    return pageRows;
  }

  /** Puts the values of the page that is being filled, and forgets them. */
  abstract void drainValues(GrowingBytes target) throws IOException;

  /** Smallest and largest value of the page that is being filled; null where none are kept. */
  abstract Statistics<?> drainStatistics();

  /** Ends the page that is being filled. */
  final void cut() throws IOException {
    if (pageRows == 0) {
      return;
    }
    scratch.reset(SCRATCH_KEPT_BYTES);
    drainLevels(repetitionLevels);
    drainLevels(definitionLevels);
    drainValues(scratch);
    byte[] stored = compressor.compress(scratch.array(), scratch.size());
    crc32.reset();
    crc32.update(stored);
    pages.add(
        new Page(
            BytesInput.from(stored),
            (int) crc32.getValue(),
            scratch.size(),
            pageValues,
            pageRows,
            drainStatistics()));
    pageRows = 0;
    pageValues = 0;
  }

  private void drainLevels(RunLengthBitPackingHybridEncoder levels) throws IOException {
    if (levels != null) {
      BytesInput bytes = levels.toBytes();
      scratch.putIntLittleEndian((int) bytes.size());
      bytes.writeAllTo(scratch);
      levels.reset();
    }
  }

  /**
   * Writes the column's chunk and makes ready for the next row group.
   *
   * @param checksums takes those of the pages
   */
  final void writeTo(ParquetFileWriter file, PageChecksums checksums) throws IOException {
    cut();
    long valueCount = pages.stream().mapToLong(Page::valueCount).sum();
    file.startColumn(column, valueCount, compressor.codec());
    for (Page page : pages) {
      checksums.add(page.crc32);
      file.writeDataPage(
          page.valueCount,
          page.rawBytes,
          page.bytes,
          page.statistics,
          page.rowCount,
          Encoding.RLE,
          Encoding.RLE,
          encoding);
    }
    file.endColumn();
    pages.clear();
  }
}
