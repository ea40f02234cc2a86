package io.thermocline.cold;

/**
 * What is kept of cold files to read them faster. All bounds are hard.
 *
 * @param memoryBytes memory for reading: footers and page indexes, stored bytes read or fetched
 *     ahead, and readers that keep their place
 * @param localBytes disk space for whole files that were brought here for SQL, and for copies of
 *     what other writers laid out
 */
public record CacheSettings(long memoryBytes, long localBytes) {
  /** With less, hardly one replay reads ahead. */
  public static final long LEAST_MEMORY_BYTES = 32L << 20;

  /** What a reader that keeps its place takes: windows of its columns, and batches made ahead. */
  private static final long READER_BYTES = 8L << 20;

  public CacheSettings {
    if (memoryBytes < LEAST_MEMORY_BYTES || localBytes < 0) {
      throw new IllegalArgumentException(
          "Not cache settings: memoryBytes %d (at least %d), localBytes %d"
              .formatted(memoryBytes, LEAST_MEMORY_BYTES, localBytes));
    }
  }

  /** The defaults. */
  public static CacheSettings defaults() {
    return new CacheSettings(128L << 20, 10L << 30);
  }

  /** Memory for files' footers and page indexes: an eighth. */
  public long footerBytes() {
    return memoryBytes / 8;
  }

  /** Memory for stored bytes: half. */
  public long blockBytes() {
    return memoryBytes / 2;
  }

  /** How many readers keep their place, with the rest of the memory. */
  public int openReaders() {
    return (int) Math.max(1, (memoryBytes - footerBytes() - blockBytes()) / READER_BYTES);
  }

  /** Memory for batches that a reader which goes on makes ahead. */
  public int aheadBytes() {
    return (int) (READER_BYTES / 2);
  }
}
