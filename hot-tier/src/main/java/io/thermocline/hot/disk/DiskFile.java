package io.thermocline.hot.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. Reads and writes name their position, and may come from several threads. */
public interface DiskFile extends Closeable {

  /** Writes all that remains in {@code bytes} at {@code position}. */
  void write(ByteBuffer bytes, long position) throws IOException;

  /**
   * Reads from {@code position} until {@code into} is full or the file ends.
   *
   * @return the number of bytes read, 0 at the end of the file
   */
  int read(ByteBuffer into, long position) throws IOException;

  /** Makes what was written, and the size, durable. After a failure the content is unknown. */
  void force() throws IOException;

  /** Cuts the file. */
  void truncate(long size) throws IOException;

  /** Its size. */
  long size() throws IOException;
}
