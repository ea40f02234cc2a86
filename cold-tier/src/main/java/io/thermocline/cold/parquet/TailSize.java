package io.thermocline.cold.parquet;

/**
 * Guesses how much of a file's end has to be read to have its footer and all indexes, so that one
 * request is enough. Nobody says it beforehand; too large a guess costs a few bytes, too small a
 * one another request.
 */
final class TailSize {
  /** What is there in any file, and what small files take. */
  private static final long LEAST = 512 << 10;

  /** A file with more is read with two requests. */
  private static final long MOST = 8 << 20;

  /**
   * Indexes and checksums take some 36 bytes for each page of 16 KiB or more, once it is
   * compressed.
   */
  private static final int STORED_BYTES_PER_INDEX_BYTE = 448;

  /**
   * A Bloom filter has 1.2 bytes for each key, and up to twice that, as its size is a power of two.
   */
  private static final long FILTER_BYTES_PER_ROW = 3;

  private TailSize() {}

  static int guess(long fileBytes, long rows) {
    long guess = fileBytes / STORED_BYTES_PER_INDEX_BYTE + rows * FILTER_BYTES_PER_ROW;
    return (int) Math.min(fileBytes, Math.min(MOST, LEAST + guess));
  }
}
