package io.thermocline.testkit;

import java.util.List;

/**
 * A record at its place, comparable by value: what a test says it wrote, or found.
 *
 * @param offset its offset
 * @param timestampMillis its timestamp, Unix milliseconds
 * @param key null: none, which is not an empty one
 * @param value null: none (a tombstone), which is not an empty one
 * @param headers in order
 */
public record StoredRecord(
    long offset, long timestampMillis, Bytes key, Bytes value, List<StoredHeader> headers) {
  public StoredRecord {
    headers = List.copyOf(headers);
  }

  /** A record of text without headers. */
  public static StoredRecord of(long offset, long timestampMillis, String key, String value) {
    return new StoredRecord(offset, timestampMillis, Bytes.utf8(key), Bytes.utf8(value), List.of());
  }

  /** The same record at another offset. */
  public StoredRecord at(long newOffset) {
    return new StoredRecord(newOffset, timestampMillis, key, value, headers);
  }
}
