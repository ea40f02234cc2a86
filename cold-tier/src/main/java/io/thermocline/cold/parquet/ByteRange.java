package io.thermocline.cold.parquet;

/** Bytes {@code [from, to)} of a file. */
public record ByteRange(long from, long to) {
  public ByteRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("Not a range of bytes: [%d, %d)".formatted(from, to));
    }
  }

  /** How many bytes they are. */
  public long length() {
    return to - from;
  }
}
