package io.thermocline.hot.producers;

import io.thermocline.hot.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads notes one after the other, and steps over what is none. Not thread-safe. */
final class NoteScan {
  private static final int WINDOW_BYTES = 1 << 20;

  private final DiskFile file;
  private final long size;
  private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
  private long windowAt;
  private long at;
  private long skippedBytes;

  NoteScan(DiskFile file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  /**
   * The next sound note.
   *
   * @return null at the end
   */
  ProducerNote next() throws IOException {
    while (size - at >= ProducerNote.PREFIX_BYTES) {
      int prefix = load(ProducerNote.PREFIX_BYTES);
      int length = ProducerNote.bodyBytes(window, prefix);
      int whole = ProducerNote.PREFIX_BYTES + length;
      if (length >= 0 && whole <= size - at) {
        int index = load(whole);
        ProducerNote note = ProducerNote.read(window, index);
        if (note != null) {
          at += whole;
          return note;
        }
      }
      at++;
      skippedBytes++;
    }
    skippedBytes += size - at;
    at = size;
    return null;
  }

  /** Bytes that belong to no sound note, so far. */
  long skippedBytes() {
    return skippedBytes;
  }

  /** Makes the window hold so many bytes from {@link #at}, which the file has; their index. */
  private int load(int bytes) throws IOException {
    if (at < windowAt || at + bytes > windowAt + window.limit()) {
      if (window.capacity() < bytes) {
        window = ByteBuffer.allocate(bytes);
      }
      window.clear().limit((int) Math.min(window.capacity(), size - at));
      int read = file.read(window, at);
      if (read < window.limit()) {
        throw new IOException("The file became shorter while it was read");
      }
      window.position(0);
      windowAt = at;
    }
    return (int) (at - windowAt);
  }
}
