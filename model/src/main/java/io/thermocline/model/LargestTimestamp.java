package io.thermocline.model;

import java.util.Optional;

/**
 * The first of the records with the largest timestamp, among those that were offered, in whatever
 * order. A search that knows bounds asks {@link #mayBeBeaten} first and looks only where it has to.
 * Not thread-safe.
 */
public final class LargestTimestamp {
  private OffsetAndTimestamp best;

  /**
   * Whether records at or after {@code firstOffset}, none of them with a timestamp above {@code
   * boundMillis}, may have a better one.
   */
  public boolean mayBeBeaten(long firstOffset, long boundMillis) {
    return best == null
        || boundMillis > best.timestampMillis()
        || (boundMillis == best.timestampMillis() && firstOffset < best.offset());
  }

  /** Takes a record in. */
  public void offer(long offset, long timestampMillis) {
    if (mayBeBeaten(offset, timestampMillis)) {
      best = new OffsetAndTimestamp(offset, timestampMillis);
    }
  }

  /** Takes in what another search found. */
  public void offer(Optional<OffsetAndTimestamp> found) {
    found.ifPresent(record -> offer(record.offset(), record.timestampMillis()));
  }

  /** The best so far; empty when nothing was offered. */
  public Optional<OffsetAndTimestamp> found() {
    return Optional.ofNullable(best);
  }
}
