package io.thermocline.model;

import java.util.Objects;

/**
 * A run of offsets that one tier keeps together, with its size and age: what plans are made of. In
 * the embedded hot tier it is a segment, in the cold tier a data file.
 *
 * @param range its offsets, gaps included
 * @param bytes its size where it lies
 * @param firstAppendTimeMillis append time of its first batch, Unix milliseconds
 * @param lastAppendTimeMillis append time of its last batch, Unix milliseconds
 * @param sealed whether no more records come to it
 */
public record Span(
    OffsetRange range,
    long bytes,
    long firstAppendTimeMillis,
    long lastAppendTimeMillis,
    boolean sealed) {
  public Span {
    Objects.requireNonNull(range, "range");
  }
}
