package io.thermocline.model;

import java.util.Objects;

/**
 * A run of records of one partition at its place in the log: the unit of wire, disk and
 * acknowledgement.
 *
 * @param baseOffset offset of the first record, {@code >= 0}
 * @param appendTimeMillis when the broker appended it, Unix milliseconds; ages (retention, roll,
 *     lag) are counted from here
 * @param maxTimestampMillis largest record timestamp, Unix milliseconds, computed by the broker
 * @param content the producer's bytes
 */
public record RecordBatch(
    long baseOffset, long appendTimeMillis, long maxTimestampMillis, BatchContent content) {

  public RecordBatch {
    Objects.requireNonNull(content, "content");
    if (baseOffset < 0 || content.lastOffsetDelta() < 0) {
      throw new IllegalArgumentException(
          "Not a place: base offset " + baseOffset + ", delta " + content.lastOffsetDelta());
    }
  }

  /** The offsets it takes, gaps included. */
  public OffsetRange range() {
    return new OffsetRange(baseOffset, nextOffset());
  }

  /** One past its last offset. */
  public long nextOffset() {
    return baseOffset + content.lastOffsetDelta() + 1;
  }

  /** Bytes of the payload as it is stored. */
  public int sizeInBytes() {
    return content.sizeInBytes();
  }
}
