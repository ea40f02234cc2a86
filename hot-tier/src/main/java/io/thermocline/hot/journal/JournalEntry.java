package io.thermocline.hot.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes that are in their segment's file already and are to be durable in the journal before that
 * file is forced. One of {@link #durable}, {@link #refused} and {@link #failed} is called, once, on
 * a thread of the journal; none of them may wait for I/O.
 */
public interface JournalEntry {

  /** Where the bytes belong. */
  Place place();

  /** Puts the bytes, as many as {@link #place} says, at the buffer's position. */
  void writeTo(ByteBuffer frame);

  /** Whose file has to be forced before the journal may forget the bytes. */
  JournalUser user();

  /** The bytes are durable. */
  void durable();

  /** The journal has no room; nothing was done. */
  void refused();

  /** Nobody knows whether the bytes are durable, and no second attempt would tell. */
  void failed(IOException cause);
}
