package io.thermocline.codec;

/**
 * The protobuf wire form of {@code thermocline.v1.Records}: tags, and the sizes of varints.
 *
 * <pre>
 * Records   0A len Record ...
 * Record    [0A len key] [12 len value] (1A len Header)* [20 zigzag timestamp_delta] [28 offset_delta]
 * Header    [0A len name] [12 len value]
 * </pre>
 */
final class Wire {
  static final int RECORDS_RECORD = 0x0A;
  static final int RECORD_KEY = 0x0A;
  static final int RECORD_VALUE = 0x12;
  static final int RECORD_HEADER = 0x1A;
  static final int RECORD_TIMESTAMP_DELTA = 0x20;
  static final int RECORD_OFFSET_DELTA = 0x28;
  static final int HEADER_NAME = 0x0A;
  static final int HEADER_VALUE = 0x12;

  private Wire() {}

  static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  static long unzigzag(long encoded) {
    return (encoded >>> 1) ^ -(encoded & 1);
  }

  /** Bytes of a varint; the value is taken as unsigned. */
  static int sizeOf(long value) {
    // Seven bits a byte: 64 - leadingZeros bits, rounded up; zero takes one byte.
    return (Long.SIZE + 6 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** Writes a varint, and returns the position after it. */
  static int put(byte[] target, int position, long value) {
    int at = position;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    return at;
  }
}
