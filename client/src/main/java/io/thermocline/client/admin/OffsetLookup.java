package io.thermocline.client.admin;

import java.time.Instant;

/** Which offset of a partition is asked for. */
public sealed interface OffsetLookup {

  /** Offsets that have a name. */
  enum Named implements OffsetLookup {
    /** Log start. */
    EARLIEST,
    /** End: one past the last durable record. */
    LATEST,
    /** First offset that is still on the server's disk. */
    EARLIEST_LOCAL,
    /** One past the last offset in the cold tier. */
    LATEST_TIERED,
    /** The first of the records with the largest timestamp; the end if there are none. */
    MAX_TIMESTAMP
  }

  /**
   * The smallest offset with this timestamp or later; the end if there is none.
   *
   * @param millis Unix milliseconds
   */
  record AtTimestamp(long millis) implements OffsetLookup {}

  /** The smallest offset with this timestamp or later; the end if there is none. */
  static OffsetLookup timestamp(Instant time) {
    return new AtTimestamp(time.toEpochMilli());
  }
}
