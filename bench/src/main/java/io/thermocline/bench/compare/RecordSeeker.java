package io.thermocline.bench.compare;

import java.time.Instant;

/**
 * A consumer that reads single records, each somewhere else. What it asks for beyond a record is
 * little. For one thread.
 */
public interface RecordSeeker extends AutoCloseable {
  /** Waits for the record at {@code offset}. */
  void read(long offset);

  /** Waits for the first record from {@code time} on; there is one. */
  void read(Instant time);

  @Override
  void close();
}
