package io.thermocline.cold.parquet;

import java.io.IOException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;

/** A column of byte strings: PLAIN, no dictionary, no statistics. */
final class BytesPages extends ColumnPages {
  private static final int ROWS_IN_PAGE = 20_000;

  private final int pageBytes;
  private final int present;
  private final GrowingBytes values;

  BytesPages(
      ColumnDescriptor column, int pageBytes, PageCompressor compressor, GrowingBytes scratch) {
    super(column, Encoding.PLAIN, compressor, scratch);
    this.pageBytes = pageBytes;
    this.present = column.getMaxDefinitionLevel();
    this.values = new GrowingBytes(1024);
  }

  /**
   * Ends the page if {@code length} more bytes would make it too large. To be called before the
   * first value of a row, as no row is split.
   */
  void beginRow(long length) throws IOException {
    if (pageRows() == ROWS_IN_PAGE || (pageRows() > 0 && values.size() + length > pageBytes)) {
      cut();
    }
  }

  /** Adds a value that is there. */
  void add(int repetition, byte[] source, int start, int length) throws IOException {
    level(repetition, present);
    values.putIntLittleEndian(length);
    values.write(source, start, length);
  }

  /** Adds a value that is not there, or not its list. */
  void addAbsent(int repetition, int definition) throws IOException {
    level(repetition, definition);
  }

  @Override
  void drainValues(GrowingBytes target) {
    target.write(values.array(), 0, values.size());
    values.reset(2 * pageBytes + 1024);
  }

  @Override
  Statistics<?> drainStatistics() {
    return null;
  }
}
