package io.thermocline.cold.parquet;

import java.util.Arrays;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;

/**
 * Where the pages of one column lie in one row group: its part of a {@link FileFooter}. Pages
 * follow each other without a gap.
 */
final class ColumnChunk {
  private final CompressionCodec codec;

  /** Number of values in all pages, nulls counted. */
  private final long values;

  /** First row of each page in the row group, and at the end the number of rows. */
  private final int[] firstRows;

  /** Position in the file of each page, and at the end the end of the last. */
  private final long[] positions;

  /** Smallest and largest value of each page; empty where none are kept. */
  private final long[] minima;

  private final long[] maxima;

  /** CRC-32 of each page; empty when the file does not say. */
  private final int[] checksums;

  private ColumnChunk(
      CompressionCodec codec,
      long values,
      int[] firstRows,
      long[] positions,
      long[] minima,
      long[] maxima,
      int[] checksums) {
    this.codec = codec;
    this.values = values;
    this.firstRows = firstRows;
    this.positions = positions;
    this.minima = minima;
    this.maxima = maxima;
    this.checksums = checksums;
  }

  /**
   * Makes one of what the footer says and of the offset index, after checking that the two agree.
   *
   * @param bounds the column index; null where it is not needed
   * @param rows of the row group
   * @param checksums of its pages; empty when the file does not say
   * @throws IllegalArgumentException when they do not agree
   */
  static ColumnChunk of(
      ColumnMetaData meta, OffsetIndex index, ColumnIndex bounds, long rows, int[] checksums) {
    int pages = index.getPage_locationsSize();
    int[] firstRows = new int[pages + 1];
    long[] positions = new long[pages + 1];
    long next = meta.getData_page_offset();
    long end = next + meta.getTotal_compressed_size();
    for (int i = 0; i < pages; i++) {
      PageLocation page = index.getPage_locations().get(i);
      long firstRow = page.getFirst_row_index();
      boolean rowsAscend = i == 0 ? firstRow == 0 : firstRow > firstRows[i - 1];
      if (page.getOffset() != next || !rowsAscend || page.getCompressed_page_size() <= 0) {
        throw new IllegalArgumentException("page " + i + " is out of place in the offset index");
      }
      firstRows[i] = Math.toIntExact(firstRow);
      positions[i] = next;
      next += page.getCompressed_page_size();
    }
    if (pages == 0 || next != end || firstRows[pages - 1] >= rows) {
      throw new IllegalArgumentException(
          "the offset index ends at %d, the chunk at %d with %d rows".formatted(next, end, rows));
    }
    firstRows[pages] = Math.toIntExact(rows);
    positions[pages] = end;
    return new ColumnChunk(
        meta.getCodec(),
        meta.getNum_values(),
        firstRows,
        positions,
        bounds == null ? new long[0] : PageBounds.read(bounds.getMin_values(), pages),
        bounds == null ? new long[0] : PageBounds.read(bounds.getMax_values(), pages),
        checksums);
  }

  CompressionCodec codec() {
    return codec;
  }

  long values() {
    return values;
  }

  int pages() {
    return firstRows.length - 1;
  }

  int rows() {
    return firstRows[pages()];
  }

  int firstRow(int page) {
    return firstRows[page];
  }

  int rowsIn(int page) {
    return firstRows[page + 1] - firstRows[page];
  }

  /** The page that holds {@code row}. */
  int pageOfRow(int row) {
    int found = Arrays.binarySearch(firstRows, 0, pages(), row);
    return found >= 0 ? found : -found - 2;
  }

  /** Where {@code page} begins in the file; for {@link #pages()}, where the last one ends. */
  long position(int page) {
    return positions[page];
  }

  /** Stored bytes of all pages. */
  long bytes() {
    return positions[pages()] - positions[0];
  }

  int bytesOf(int page) {
    return (int) (positions[page + 1] - positions[page]);
  }

  long min(int page) {
    return minima[page];
  }

  long max(int page) {
    return maxima[page];
  }

  /** Whether the page with this checksum is the one that belongs there, as far as the file says. */
  boolean belongs(int page, int crc32) {
    return checksums.length == 0 || checksums[page] == crc32;
  }

  /** The first page whose largest value is at least {@code value}; all of them ascend. */
  int firstPageReaching(long value) {
    int low = 0;
    int high = pages();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (maxima[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** What it takes in memory. */
  int weightInBytes() {
    return 96
        + (firstRows.length + checksums.length) * Integer.BYTES
        + (positions.length + minima.length + maxima.length) * Long.BYTES;
  }
}
