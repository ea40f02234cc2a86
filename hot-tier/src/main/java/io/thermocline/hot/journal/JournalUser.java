package io.thermocline.hot.journal;

/** Whose bytes lie in the journal. Compared by identity. */
public interface JournalUser {

  /**
   * Makes durable, in their own files, all bytes it has offered. Blocks for I/O; from any thread.
   *
   * @return false when that is not possible, now or ever: then the journal keeps them until the
   *     next start
   */
  boolean force();
}
