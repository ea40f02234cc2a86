package io.thermocline.hot.disk;

import java.io.IOException;

/**
 * A directory that is open, to make the names in it durable. To be had before a name is made that
 * nobody may rely on until it is durable: where it can't be opened, nothing has to be taken back.
 */
public interface OpenDirectory extends AutoCloseable {
  /** Makes the names in it durable, as they are now. */
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
