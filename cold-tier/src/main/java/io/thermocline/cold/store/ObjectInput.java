package io.thermocline.cold.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * An object as a stream that can seek. Reads ahead: small first, larger while it is read in order,
 * so that a footer costs little and a manifest few requests.
 *
 * <p>Invariant: {@code buffer} holds the object's bytes {@code [bufferStart, bufferStart + limit)}.
 * Not thread-safe.
 */
final class ObjectInput extends InputStream {
  private static final int FIRST_READ = 256 << 10;
  private static final int LARGEST_READ = 4 << 20;

  private final ObjectStore store;
  private final String key;

  /**
   * The object's length as soon as it is known; a short read tells it. What is shorter is damaged.
   */
  private Optional<Long> length;

  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private long bufferStart;
  private long position;
  private boolean closed;

  ObjectInput(ObjectStore store, String key, Optional<Long> length) {
    this.store = store;
    this.key = key;
    this.length = length;
  }

  long position() {
    return position;
  }

  /** Moves to any byte at or after 0; past the end there is nothing to read. */
  void seek(long newPosition) throws IOException {
    if (newPosition < 0) {
      throw new IOException("Can't seek to " + newPosition);
    }
    checkOpen();
    position = newPosition;
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer.get(bufferIndex(position++)) & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, into.length);
    if (count == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int index = bufferIndex(position);
    int given = Math.min(count, buffer.limit() - index);
    buffer.get(index, into, offset, given);
    position += given;
    return given;
  }

  @Override
  public long skip(long count) throws IOException {
    if (count <= 0) {
      return 0;
    }
    long skipped = length.map(end -> Math.max(0, Math.min(count, end - position))).orElse(0L);
    if (skipped == 0) {
      return super.skip(count);
    }
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return inBuffer() ? buffer.limit() - bufferIndex(position) : 0;
  }

  @Override
  public void close() {
    closed = true;
    buffer = ByteBuffer.allocate(0);
  }

  /** Brings the byte at the position into the buffer; false at the object's end. */
  private boolean fill() throws IOException {
    checkOpen();
    if (inBuffer()) {
      return true;
    }
    if (length.isPresent() && position >= length.get()) {
      return false;
    }
    int size = nextSize();
    if (buffer.capacity() != size) {
      buffer = ByteBuffer.allocate(size);
    }
    buffer.clear();
    // Set first: should the read fail, the buffer holds nothing.
    bufferStart = position;
    int got = 0;
    try {
      if (length.isPresent()) {
        store.readFully(key, position, buffer);
        got = size;
      } else {
        got = store.read(key, position, buffer);
      }
    } finally {
      buffer.position(0).limit(got);
    }
    if (got < size && (got > 0 || position == 0)) {
      length = Optional.of(position + got);
    }
    return got > 0;
  }

  private int nextSize() {
    boolean onward = buffer.capacity() > 0 && position == bufferStart + buffer.limit();
    long size = onward ? Math.min(LARGEST_READ, buffer.capacity() * 2L) : FIRST_READ;
    if (length.isPresent()) {
      long rest = length.get() - position;
      // A small object comes whole: one request, not two.
      size = Math.min(rest, rest <= LARGEST_READ && position == 0 ? rest : size);
    }
    return (int) size;
  }

  private boolean inBuffer() {
    return position >= bufferStart && position < bufferStart + buffer.limit();
  }

  private int bufferIndex(long at) {
    return (int) (at - bufferStart);
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("The stream of " + store.location(key) + " is closed");
    }
  }
}
