package io.thermocline.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One record's headers as wire bytes, gathered before the record is added to a {@link
 * BatchBuilder}. Reusable; for one thread at a time.
 */
public final class HeaderBuffer {
  private byte[] bytes = new byte[256];
  private int size;

  /** Forgets all headers. */
  public void clear() {
    size = 0;
  }

  /** Adds a header from slices of arrays; {@code valueLength} -1 is null. */
  public void add(
      byte[] name, int nameStart, int nameLength, byte[] value, int valueStart, int valueLength) {
    int nameField = nameLength == 0 ? 0 : 1 + Wire.sizeOf(nameLength) + nameLength;
    int valueField = valueLength < 0 ? 0 : 1 + Wire.sizeOf(valueLength) + valueLength;
    int header = nameField + valueField;
    ensure(1 + Wire.sizeOf(header) + header);
    bytes[size++] = Wire.RECORD_HEADER;
    size = Wire.put(bytes, size, header);
    if (nameLength > 0) {
      size = putField(Wire.HEADER_NAME, name, nameStart, nameLength);
    }
    if (valueLength >= 0) {
      size = putField(Wire.HEADER_VALUE, value, valueStart, valueLength);
    }
  }

  /** Adds a header; a null value stays null. */
  public void add(String name, byte[] valueOrNull) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    add(
        nameBytes,
        0,
        nameBytes.length,
        valueOrNull,
        0,
        valueOrNull == null ? -1 : valueOrNull.length);
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  private int putField(int tag, byte[] source, int start, int length) {
    bytes[size] = (byte) tag;
    int at = Wire.put(bytes, size + 1, length);
    if (length > 0) {
      System.arraycopy(source, start, bytes, at, length);
    }
    return at + length;
  }

  private void ensure(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * bytes.length)));
    }
  }
}
