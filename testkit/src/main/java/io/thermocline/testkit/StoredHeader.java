package io.thermocline.testkit;

import java.util.Objects;

/**
 * One header of a record.
 *
 * @param name may be empty, and may repeat within a record
 * @param value null: the header has no value, which is not an empty one
 */
public record StoredHeader(String name, Bytes value) {
  public StoredHeader {
    Objects.requireNonNull(name, "name");
  }

  /** A header with text as its value. */
  public static StoredHeader of(String name, String value) {
    return new StoredHeader(name, Bytes.utf8(value));
  }
}
