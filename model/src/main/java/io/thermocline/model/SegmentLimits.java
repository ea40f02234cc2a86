package io.thermocline.model;

import java.time.Duration;
import java.util.Objects;

/**
 * When a segment is sealed: at whichever comes first.
 *
 * @param maxBytes size it does not pass, unless one batch alone is larger; {@code > 0}
 * @param maxAge age of its first batch, by append time, also without traffic; {@code > 0}
 */
public record SegmentLimits(long maxBytes, Duration maxAge) {
  public SegmentLimits {
    Objects.requireNonNull(maxAge, "maxAge");
    if (maxBytes <= 0 || maxAge.isZero() || maxAge.isNegative()) {
      throw new IllegalArgumentException("Not limits: " + maxBytes + " bytes, " + maxAge);
    }
  }
}
