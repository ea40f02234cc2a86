package io.thermocline.cold.parquet;

import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;

/**
 * How data files are laid out. Sizes are of column data before compression.
 *
 * @param compression of the pages: {@link Compression#ZSTD} or {@link Compression#NONE}
 * @param rowGroupBytes where a row group ends; {@code > 0}
 * @param pageBytes where a page of keys, values or headers ends; a larger record has one of its own
 */
public record DataFileSettings(Compression compression, int rowGroupBytes, int pageBytes) {
  private static final int ROW_GROUP_BYTES = 32 << 20;
  private static final int PAGE_BYTES = 256 << 10;

  public DataFileSettings {
    if (compression != Compression.ZSTD && compression != Compression.NONE) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Parquet files are written with zstd or none, not " + compression);
    }
    if (rowGroupBytes <= 0 || pageBytes <= 0) {
      throw new IllegalArgumentException(
          "Not sizes: row group " + rowGroupBytes + ", page " + pageBytes);
    }
  }

  /** The sizes that files are written with. */
  public static DataFileSettings of(Compression compression) {
    return of(compression, ROW_GROUP_BYTES);
  }

  /** The same with row groups of another size. */
  public static DataFileSettings of(Compression compression, int rowGroupBytes) {
    return new DataFileSettings(compression, rowGroupBytes, PAGE_BYTES);
  }
}
