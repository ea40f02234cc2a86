package io.thermocline.cold.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The smallest or largest values of a column index of 64-bit integers. */
final class PageBounds {
  private PageBounds() {}

  /** Returns them, one for each page; they are stored as 8 bytes, little-endian. */
  static long[] read(List<ByteBuffer> stored, int pages) {
    if (stored.size() != pages) {
      throw new IllegalArgumentException(
          "the column index has %d pages, the offset index %d".formatted(stored.size(), pages));
    }
    long[] bounds = new long[pages];
    for (int i = 0; i < pages; i++) {
      ByteBuffer bytes = stored.get(i).duplicate().order(ByteOrder.LITTLE_ENDIAN);
      if (bytes.remaining() != Long.BYTES) {
        throw new IllegalArgumentException(
            "a bound in the column index has " + bytes.remaining() + " bytes");
      }
      bounds[i] = bytes.getLong();
    }
    return bounds;
  }
}
