package io.thermocline.cold.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/**
 * The checksums of all pages of a file, in the order the pages lie in it. A page's own header says
 * whether the page is whole; this says which one belongs where, so that a whole page in another's
 * place is told as damage too. Stands in the footer, which the file's name has the checksum of.
 */
final class PageChecksums {
  private final GrowingBytes bytes = new GrowingBytes(1024);

  /** Adds the checksum of the page that lies behind those added before: CRC-32, as Parquet's. */
  void add(int crc32) {
    bytes.putIntLittleEndian(crc32);
  }

  /** As they stand in the footer: base64 of 4 bytes each, little-endian. */
  String encoded() {
    byte[] all = Arrays.copyOf(bytes.array(), bytes.size());
    return Base64.getEncoder().withoutPadding().encodeToString(all);
  }

  /** The stored ones, which are handed out in order. */
  static final class Stored {
    private final boolean absent;
    private final ByteBuffer left;

    /**
     * @param encoded null for a file that was written before they were kept
     * @throws IllegalArgumentException when that is not what {@link #encoded} gives
     */
    Stored(String encoded) {
      absent = encoded == null;
      byte[] all = absent ? new byte[0] : Base64.getDecoder().decode(encoded);
      left = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Those of the next pages; empty for a file that has none.
     *
     * @throws IllegalArgumentException when there are not as many
     */
    int[] next(int pages) {
      if (absent) {
        return new int[0];
      }
      if (left.remaining() / Integer.BYTES < pages) {
        throw new IllegalArgumentException("it has more pages than checksums of pages");
      }
      int[] checksums = new int[pages];
      for (int i = 0; i < pages; i++) {
        checksums[i] = left.getInt();
      }
      return checksums;
    }

    /**
     * All were handed out.
     *
     * @throws IllegalArgumentException when some were not
     */
    void end() {
      if (left.hasRemaining()) {
        throw new IllegalArgumentException("it has more checksums of pages than pages");
      }
    }
  }
}
