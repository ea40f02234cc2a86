package io.thermocline.tiering;

import java.time.Instant;

/**
 * Why and when a plan is made.
 *
 * @param now the wall clock: what is tiered sooner or later depends on it
 * @param retentionTime the time deleting goes by, at or behind {@code now}: see {@link
 *     RetentionClock}
 * @param mayEnd whether the span being written may be ended, to be tiered now
 * @param tierAll tier all that is durable, however little or young
 * @param trimAll let go of every tiered record's local copy
 * @param diskFull the disk's reserve is reached: tier and trim what can be, whatever lag and hot
 *     retention say
 * @param maxBytes how much to tier in one commit; one file is taken even if it is larger
 */
record Occasion(
    Instant now,
    Instant retentionTime,
    boolean mayEnd,
    boolean tierAll,
    boolean trimAll,
    boolean diskFull,
    long maxBytes) {
  Occasion {
    if (maxBytes <= 0 || retentionTime.isAfter(now)) {
      throw new IllegalArgumentException(
          "Not an occasion: now %s, retention time %s, %d bytes"
              .formatted(now, retentionTime, maxBytes));
    }
  }

  /** The same without ending the spans being written: they were ended a moment ago. */
  Occasion withoutEnding() {
    return new Occasion(now, retentionTime, false, tierAll, trimAll, diskFull, maxBytes);
  }
}
