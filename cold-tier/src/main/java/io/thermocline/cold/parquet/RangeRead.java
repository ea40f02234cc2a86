package io.thermocline.cold.parquet;

import java.util.Objects;

/**
 * Bytes of a file and where they go: {@code length} bytes at {@code position} into {@code target}
 * from {@code offset} on.
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record RangeRead(long position, byte[] target, int offset, int length) {
  public RangeRead {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (position < 0) {
      throw new IllegalArgumentException("Not a position: " + position);
    }
  }

  /** The bytes of the file. */
  public ByteRange range() {
    return new ByteRange(position, position + length);
  }
}
