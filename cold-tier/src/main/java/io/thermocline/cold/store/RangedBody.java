package io.thermocline.cold.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The answer to a ranged get.
 *
 * @param from first byte asked for
 * @param contentRange the header, or null when the whole object was sent
 * @param length how many bytes are announced
 */
record RangedBody(long from, String contentRange, long length) {
  private static final int PIECE_BYTES = 64 << 10;

  /** Reads all of it, so that the connection can be used again. */
  void readInto(InputStream body, ByteBuffer... into) throws IOException {
    int room = Buffers.remaining(into);
    boolean asked =
        contentRange == null ? from == 0 : contentRange.startsWith("bytes " + from + "-");
    if (!asked || length > room) {
      throw new IOException(
          "bytes [%d, %d) were asked for, but range %s with %d bytes was sent"
              .formatted(from, from + room, contentRange, length));
    }
    int left = (int) length;
    for (ByteBuffer buffer : into) {
      left -= fill(buffer, body, left);
    }
  }

  /** Fills a buffer as far as {@code left} bytes do. Returns how many these were. */
  private static int fill(ByteBuffer into, InputStream body, int left) throws IOException {
    byte[] piece = new byte[into.hasArray() ? 0 : PIECE_BYTES];
    int filled = 0;
    while (into.hasRemaining() && filled < left) {
      int most = Math.min(into.remaining(), left - filled);
      int got = into.hasArray() ? direct(into, body, most) : through(piece, into, body, most);
      if (got < 0) {
        throw new EOFException(
            "the body ended %d bytes before its length".formatted(left - filled));
      }
      filled += got;
    }
    return filled;
  }

  private static int direct(ByteBuffer into, InputStream body, int most) throws IOException {
    int got = body.read(into.array(), into.arrayOffset() + into.position(), most);
    into.position(into.position() + Math.max(got, 0));
    return got;
  }

  private static int through(byte[] piece, ByteBuffer into, InputStream body, int most)
      throws IOException {
    int got = body.read(piece, 0, Math.min(piece.length, most));
    into.put(piece, 0, Math.max(got, 0));
    return got;
  }
}
