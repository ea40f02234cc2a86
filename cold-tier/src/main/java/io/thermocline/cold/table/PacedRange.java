package io.thermocline.cold.table;

import io.thermocline.cold.parquet.RangeSource;
import java.util.function.LongConsumer;

/**
 * A file that tells how much of it is read.
 *
 * @param pace told of bytes before they are read; may wait, or throw
 */
record PacedRange(RangeSource source, LongConsumer pace) implements RangeSource {
  @Override
  public String location() {
    return source.location();
  }

  @Override
  public long length() {
    return source.length();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) {
    pace.accept(length);
    source.readFully(position, target, offset, length);
  }
}
