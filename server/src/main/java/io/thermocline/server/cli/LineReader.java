package io.thermocline.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lines as bytes, without their line feed; nothing is decoded. */
final class LineReader {
  private static final int MAX_LINE_BYTES = 20 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private long number;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** The number of the last line read, from 1. */
  long number() {
    return number;
  }

  /** The next line; null at the end. A last line without a line feed counts, an empty one not. */
  byte[] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean any = false;
    while (fill()) {
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      line.write(buffer, position, end - position);
      if (line.size() > MAX_LINE_BYTES) {
        throw new IOException(
            "line %d is longer than %d bytes, the limit of a record"
                .formatted(number + 1, MAX_LINE_BYTES));
      }
      boolean complete = end < limit;
      position = complete ? end + 1 : end;
      if (complete) {
        break;
      }
    }
    if (!any) {
      return null;
    }
    number++;
    return line.toByteArray();
  }

  private boolean fill() throws IOException {
    if (position < limit) {
      return true;
    }
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }
}
