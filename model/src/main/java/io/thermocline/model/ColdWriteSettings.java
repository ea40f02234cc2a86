package io.thermocline.model;

/**
 * How a data file is written.
 *
 * @param compression of the Parquet pages: {@link Compression#ZSTD} or {@link Compression#NONE}
 */
public record ColdWriteSettings(Compression compression) {
  public ColdWriteSettings {
    if (compression != Compression.ZSTD && compression != Compression.NONE) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Parquet files are written with zstd or none, not " + compression);
    }
  }
}
