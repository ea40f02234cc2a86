package io.thermocline.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes that compare by content and print readably. Immutable. */
public final class Bytes {
  private static final int SHOWN = 40;

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** A copy of {@code bytes}. */
  public static Bytes of(byte... bytes) {
    return new Bytes(bytes.clone());
  }

  /** A copy of {@code length} bytes of {@code array}; null when {@code length} is -1. */
  static Bytes slice(byte[] array, int start, int length) {
    return length < 0 ? null : new Bytes(Arrays.copyOfRange(array, start, start + length));
  }

  /** The UTF-8 bytes of {@code text}. */
  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return array.clone();
  }

  /** How many there are. */
  public int length() {
    return array.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public String toString() {
    byte[] shown = array.length > SHOWN ? Arrays.copyOf(array, SHOWN) : array;
    String more = array.length > SHOWN ? "… " + array.length + " bytes" : "";
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(shown))
              .toString();
      return "'" + text + "'" + more;
    } catch (CharacterCodingException notText) {
      return "0x" + HexFormat.of().formatHex(shown) + more;
    }
  }
}
