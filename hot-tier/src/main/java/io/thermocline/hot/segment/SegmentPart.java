package io.thermocline.hot.segment;

/** A run of bytes of a segment file. Together the parts are the file. */
public sealed interface SegmentPart permits StoredBatch, DamagedBytes {
  /** Where it begins in the file. */
  long position();

  /** Bytes it takes. */
  long bytes();

  /** Where the next part begins. */
  default long end() {
    return position() + bytes();
  }
}
