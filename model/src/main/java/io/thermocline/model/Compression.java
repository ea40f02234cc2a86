package io.thermocline.model;

/** How a batch's payload is compressed. The code is what is stored and checked. */
public enum Compression {
  NONE(0),
  /** The LZ4 frame format. */
  LZ4(1),
  /** One Zstandard frame with a window of at most 8 MiB. */
  ZSTD(2);

  private final int code;

  Compression(int code) {
    this.code = code;
  }

  /** Its number in a stored batch and in the batch's checksum. */
  public int code() {
    return code;
  }

  /**
   * The compression stored as {@code code}.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} when there is none
   */
  public static Compression ofCode(int code) {
    for (Compression compression : values()) {
      if (compression.code == code) {
        return compression;
      }
    }
    throw new ThermoclineException(
        ErrorKind.INVALID, "Unknown compression code " + code + ": known are 0, 1 and 2");
  }
}
