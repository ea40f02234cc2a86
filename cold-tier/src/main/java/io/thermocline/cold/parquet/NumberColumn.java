package io.thermocline.cold.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.format.Encoding;

/** Reads a required column of integers, row by row. */
final class NumberColumn {
  private final ChunkPages pages;
  private DeltaBinaryPackingValuesReader values;
  private int page;
  private int left;

  NumberColumn(FileReads reads) {
    pages = new ChunkPages(reads, Encoding.DELTA_BINARY_PACKED);
  }

  ChunkPages pages() {
    return pages;
  }

  /** Makes {@code row} of the row group the next one. */
  void seek(int row) {
    page = pages.chunk().pageOfRow(row);
    open();
    int skipped = row - pages.chunk().firstRow(page);
    if (skipped > 0) {
      values.skip(skipped);
      left -= skipped;
    }
  }

  /** Whether the next row's value can be had without a fetch. */
  boolean isNextHere() {
    return left > 0 || pages.isHere(page + 1);
  }

  /** The next row's value; not to be called past the row group's last row. */
  long next() {
    if (left == 0) {
      page++;
      open();
    }
    left--;
    return values.readLong();
  }

  private void open() {
    pages.load(page);
    left = pages.chunk().rowsIn(page);
    if (pages.valueCount() != left) {
      throw pages.damaged(page, "it has another number of rows than the offset index says");
    }
    try {
      values = new DeltaBinaryPackingValuesReader();
      values.initFromPage(
          left,
          ByteBufferInputStream.wrap(
              ByteBuffer.wrap(pages.array(), pages.start(), pages.end() - pages.start()).slice()));
    } catch (IOException | RuntimeException e) {
      throw pages.damaged(page, "its numbers are malformed: " + e);
    }
  }
}
