package io.thermocline.client.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A name with an optional value. Names may repeat in a record; order is kept. */
public final class RecordHeader {
  private final String name;
  private final byte[] value;

  /** A header; null is a value that is absent, which is not the same as empty. */
  public RecordHeader(String name, byte[] valueOrNull) {
    this.name = Objects.requireNonNull(name, "name");
    this.value = valueOrNull;
  }

  /** A header with text, as UTF-8. */
  public static RecordHeader of(String name, String text) {
    return new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its value, not copied; null when absent. */
  public byte[] value() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordHeader header
        && name.equals(header.name)
        && Arrays.equals(value, header.value);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return name + "=" + (value == null ? "null" : new String(value, StandardCharsets.UTF_8));
  }
}
