package io.thermocline.cold.parquet;

import java.io.IOException;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * A required column of integers: DELTA_BINARY_PACKED, with smallest and largest value for each
 * page.
 */
final class NumberPages extends ColumnPages {
  /** Few enough that finding one row means decoding little, enough for small indexes. */
  private static final int ROWS_IN_PAGE = 8192;

  private static final int SLAB_BYTES = 4096;

  private final boolean isInt;
  private final ValuesWriter values;
  private long min;
  private long max;

  NumberPages(ColumnDescriptor column, PageCompressor compressor, GrowingBytes scratch) {
    super(column, Encoding.DELTA_BINARY_PACKED, compressor, scratch);
    HeapByteBufferAllocator heap = HeapByteBufferAllocator.getInstance();
    isInt = column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
    values =
        isInt
            ? new DeltaBinaryPackingValuesWriterForInteger(SLAB_BYTES, SLAB_BYTES, heap)
            : new DeltaBinaryPackingValuesWriterForLong(SLAB_BYTES, SLAB_BYTES, heap);
  }

  void add(long value) throws IOException {
    if (pageRows() == ROWS_IN_PAGE) {
      cut();
    }
    boolean first = pageRows() == 0;
    min = first ? value : Math.min(min, value);
    max = first ? value : Math.max(max, value);
    level(0, 0);
    if (isInt) {
      values.writeInteger((int) value);
    } else {
      values.writeLong(value);
    }
  }

  @Override
  void drainValues(GrowingBytes target) throws IOException {
    values.getBytes().writeAllTo(target);
    values.reset();
  }

  @Override
  Statistics<?> drainStatistics() {
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    if (statistics instanceof IntStatistics ints) {
      ints.setMinMax((int) min, (int) max);
    } else if (statistics instanceof LongStatistics longs) {
      longs.setMinMax(min, max);
    }
    return statistics;
  }
}
