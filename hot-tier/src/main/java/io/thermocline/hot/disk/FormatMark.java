package io.thermocline.hot.disk;

import io.thermocline.model.ThermoclineException;
import java.nio.ByteBuffer;

/**
 * What something stored begins with: three letters, and the version of its format in the fourth
 * byte. The letters stay in every later version, so that an older program can tell what a newer one
 * wrote from damage, once it has compared the checksum.
 *
 * @param letters the three letters in the upper bytes, zero in the lowest one
 * @param version the newest version that this program knows
 */
public record FormatMark(int letters, byte version) {
  public static final int BYTES = Integer.BYTES;

  private static final int VERSION_BITS = 0xff;

  /** The mark of three ASCII letters. */
  public static FormatMark of(String letters, int version) {
    int bits = letters.charAt(0) << 24 | letters.charAt(1) << 16 | letters.charAt(2) << 8;
    return new FormatMark(bits, (byte) version);
  }

  /** The four bytes, as an int of a big-endian buffer. */
  public int stored() {
    return letters | version;
  }

  /** Whether the letters are at {@code at}, with any version. */
  public boolean isAt(ByteBuffer bytes, int at) {
    return (bytes.getInt(at) & ~VERSION_BITS) == letters;
  }

  /** The version that is stated at {@code at}. */
  public static int versionAt(ByteBuffer bytes, int at) {
    return bytes.getInt(at) & VERSION_BITS;
  }

  /** Whether all four bytes are at {@code at}. */
  public boolean isThisVersionAt(ByteBuffer bytes, int at) {
    return bytes.getInt(at) == stored();
  }

  /** Whether a version is stated at {@code at} that this program does not know yet. */
  public boolean isNewerAt(ByteBuffer bytes, int at) {
    return versionAt(bytes, at) > version;
  }

  /**
   * The refusal of what {@link #isNewerAt} found.
   *
   * @param what has that version, as a sentence begins with it
   */
  public ThermoclineException newer(Object what, ByteBuffer bytes, int at) {
    return NewerFormat.of(what, versionAt(bytes, at), version);
  }
}
