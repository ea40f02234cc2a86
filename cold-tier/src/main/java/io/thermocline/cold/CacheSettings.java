package io.thermocline.cold;

/**
 * What is kept of cold files to read them faster. All bounds are hard.
 *
 * @param footerBytes memory for files' footers and page indexes
 * @param openReaders how many sequential readers keep their place; each holds about one row group's
 *     pages in use
 * @param localBytes disk space for whole files that were brought here for SQL
 */
public record CacheSettings(long footerBytes, int openReaders, long localBytes) {
  public CacheSettings {
    if (footerBytes < 0 || openReaders < 1 || localBytes < 0) {
      throw new IllegalArgumentException(
          "Not cache settings: footerBytes %d, openReaders %d, localBytes %d"
              .formatted(footerBytes, openReaders, localBytes));
    }
  }

  /** The defaults. */
  public static CacheSettings defaults() {
    return new CacheSettings(16L << 20, 8, 10L << 30);
  }
}
