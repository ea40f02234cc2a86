package io.thermocline.codec;

import java.nio.ByteBuffer;

/**
 * Walks the records of one decompressed payload without making objects.
 *
 * <p>It accepts just what the format allows: known fields, each singular one at most once, in
 * ascending order, with shortest varints, inside the bounds of what encloses them. Anything else is
 * a {@link io.thermocline.model.ThermoclineException} of kind {@code INVALID} that names the byte.
 *
 * <p>Reusable through {@link #reset}; for one thread at a time.
 */
public final class RecordCursor {
  private byte[] bytes = new byte[0];
  private int base;
  private int position;
  private int end;
  private long baseOffset;
  private long baseTimestampMillis;

  private int index;
  private long offsetDelta;
  private long timestampDelta;
  private boolean offsetDeltaPresent;
  private int recordStart;
  private int keyStart;
  private int keyLength;
  private int valueStart;
  private int valueLength;
  private int headersStart;
  private int headersEnd;

  private int headerPosition;
  private int headerNameStart;
  private int headerNameLength;
  private int headerValueStart;
  private int headerValueLength;

  /**
   * Starts over on another payload.
   *
   * @param records array-backed, from position to limit, neither of which is moved; must stay
   *     unchanged while the cursor is in use
   */
  public RecordCursor reset(ByteBuffer records, long baseOffset, long baseTimestampMillis) {
    this.bytes = records.array();
    this.base = records.arrayOffset() + records.position();
    this.position = base;
    this.end = base + records.remaining();
    this.baseOffset = baseOffset;
    this.baseTimestampMillis = baseTimestampMillis;
    this.index = -1;
    return this;
  }

  /** Moves to the next record. Returns false at the end of the payload. */
  public boolean next() {
    if (position == end) {
      return false;
    }
    index++;
    if (bytes[position++] != Wire.RECORDS_RECORD) {
      throw malformed("an unknown field", position - 1);
    }
    int length = readLength(end);
    recordStart = position;
    int recordEnd = position + length;
    readFields(recordEnd);
    headerPosition = headersStart;
    return true;
  }

  private void readFields(int recordEnd) {
    keyLength = -1;
    valueLength = -1;
    timestampDelta = 0;
    offsetDelta = index;
    offsetDeltaPresent = false;
    headersStart = recordEnd;
    headersEnd = recordEnd;
    int previous = 0;
    while (position < recordEnd) {
      int tagAt = position;
      int tag = bytes[position++];
      if (tag < previous || (tag == previous && tag != Wire.RECORD_HEADER)) {
        throw malformed("a field out of order or repeated", tagAt);
      }
      switch (tag) {
        case Wire.RECORD_KEY -> {
          keyLength = readLength(recordEnd);
          keyStart = position;
          position += keyLength;
        }
        case Wire.RECORD_VALUE -> {
          valueLength = readLength(recordEnd);
          valueStart = position;
          position += valueLength;
        }
        case Wire.RECORD_HEADER -> {
          if (previous != Wire.RECORD_HEADER) {
            headersStart = tagAt;
          }
          int length = readLength(recordEnd);
          position += length;
          headersEnd = position;
        }
        case Wire.RECORD_TIMESTAMP_DELTA -> timestampDelta = Wire.unzigzag(readVarint(recordEnd));
        case Wire.RECORD_OFFSET_DELTA -> {
          offsetDelta = readVarint(recordEnd);
          offsetDeltaPresent = true;
          if (offsetDelta < 0 || offsetDelta > Integer.MAX_VALUE) {
            throw malformed("an offset delta past 2^31", tagAt);
          }
        }
        default -> throw malformed("an unknown field", tagAt);
      }
      previous = tag;
    }
  }

  /** The current record's offset. */
  public long offset() {
    return baseOffset + offsetDelta;
  }

  /** Whether the current record carries its offset delta, as it does where offsets have gaps. */
  boolean hasOffsetDelta() {
    return offsetDeltaPresent;
  }

  /** The current record's timestamp, Unix milliseconds. */
  public long timestampMillis() {
    return baseTimestampMillis + timestampDelta;
  }

  /** What the starts below index into. */
  public byte[] array() {
    return bytes;
  }

  /** Where the key begins; of no meaning when it is null. */
  public int keyStart() {
    return keyStart;
  }

  /** Bytes of the key; -1 when it is null. */
  public int keyLength() {
    return keyLength;
  }

  /** Where the value begins; of no meaning when it is null. */
  public int valueStart() {
    return valueStart;
  }

  /** Bytes of the value; -1 when it is null. */
  public int valueLength() {
    return valueLength;
  }

  /** Bytes of the current record in the payload, without its own tag and length. */
  public int recordBytes() {
    return position - recordStart;
  }

  /** Where the current record's fields begin. */
  int recordStart() {
    return recordStart;
  }

  /** Moves to the current record's next header. Returns false after the last one. */
  public boolean nextHeader() {
    if (headerPosition == headersEnd) {
      return false;
    }
    int resume = position;
    position = headerPosition + 1;
    int headerEnd = readLength(headersEnd) + position;
    headerNameLength = 0;
    headerNameStart = position;
    headerValueLength = -1;
    int previous = 0;
    while (position < headerEnd) {
      int tagAt = position;
      int tag = bytes[position++];
      if (tag <= previous) {
        throw malformed("a header field out of order or repeated", tagAt);
      }
      switch (tag) {
        case Wire.HEADER_NAME -> {
          headerNameLength = readLength(headerEnd);
          headerNameStart = position;
          position += headerNameLength;
        }
        case Wire.HEADER_VALUE -> {
          headerValueLength = readLength(headerEnd);
          headerValueStart = position;
          position += headerValueLength;
        }
        default -> throw malformed("an unknown header field", tagAt);
      }
      previous = tag;
    }
    headerPosition = headerEnd;
    position = resume;
    return true;
  }

  /** Where the current header's name begins: UTF-8. */
  public int headerNameStart() {
    return headerNameStart;
  }

  /** Bytes of the current header's name. */
  public int headerNameLength() {
    return headerNameLength;
  }

  /** Where the current header's value begins; of no meaning when it is null. */
  public int headerValueStart() {
    return headerValueStart;
  }

  /** Bytes of the current header's value; -1 when it is null. */
  public int headerValueLength() {
    return headerValueLength;
  }

  /** A length that fits before {@code limit}. */
  private int readLength(int limit) {
    int at = position;
    long length = readVarint(limit);
    if (length < 0 || length > limit - position) {
      throw malformed("a length past the end of what holds it", at);
    }
    return (int) length;
  }

  private long readVarint(int limit) {
    int at = position;
    if (at < limit && bytes[at] >= 0) {
      position = at + 1;
      return bytes[at];
    }
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at >= limit) {
        throw malformed("a number cut short", position);
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        // A last byte of zero is a longer form of the same number; the tenth byte has one bit left.
        if ((next == 0 && shift > 0) || (shift == 63 && next > 1)) {
          throw malformed("a number that is not in its shortest form", position);
        }
        position = at;
        return value;
      }
    }
    throw malformed("a number of more than 64 bits", position);
  }

  private RuntimeException malformed(String problem, int at) {
    return Malformed.payload(problem, at - base);
  }
}
