package io.thermocline.model;

/**
 * Record offsets {@code [from, to)} of one partition; {@code from == to} means empty.
 *
 * @param from first offset, {@code >= 0}
 * @param to one past the last offset, {@code >= from}
 */
public record OffsetRange(long from, long to) {
  public OffsetRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("Not a range: [" + from + ", " + to + ")");
    }
  }

  /** How many offsets it spans. Offsets may have gaps, so there may be fewer records. */
  public long span() {
    return to - from;
  }

  /** Whether it holds no offset. */
  public boolean isEmpty() {
    return from == to;
  }

  /** Whether {@code offset} lies in it. */
  public boolean contains(long offset) {
    return offset >= from && offset < to;
  }

  /** The offsets in both; empty, at this range's nearer edge, when there are none. */
  public OffsetRange intersect(OffsetRange other) {
    long start = Math.min(Math.max(from, other.from), to);
    return new OffsetRange(start, Math.max(start, Math.min(to, other.to)));
  }

  @Override
  public String toString() {
    return "[" + from + ", " + to + ")";
  }
}
