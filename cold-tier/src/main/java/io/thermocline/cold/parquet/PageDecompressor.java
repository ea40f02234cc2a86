package io.thermocline.cold.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;

/** Decompresses pages. For one thread at a time; holds native memory until it is closed. */
final class PageDecompressor implements AutoCloseable {
  /** More than any page of ours: a page is one record past its limit at most. */
  static final int MAX_PAGE_BYTES = 64 << 20;

  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

  /**
   * Decompresses one zstd frame of exactly {@code length} bytes into {@code target}, which is at
   * least as long.
   *
   * @throws RuntimeException when it is anything else
   */
  void decompress(byte[] source, int start, int size, byte[] target, int length) {
    int read = zstd.decompressByteArray(target, 0, length, source, start, size);
    if (read != length) {
      throw new IllegalArgumentException(
          "a page has %d bytes, it should have %d".formatted(read, length));
    }
  }

  /**
   * Checks what a page's header says of its size, before memory is taken for it.
   *
   * @throws IllegalArgumentException when the frame says otherwise, or it is too large
   */
  static void checkSize(byte[] source, int start, int size, int stated) {
    long framed = Zstd.getFrameContentSize(source, start, size);
    if (stated < 0 || stated > MAX_PAGE_BYTES || (framed >= 0 && framed != stated)) {
      throw new IllegalArgumentException(
          "a page of %d bytes says that it has %d".formatted(framed, stated));
    }
  }

  @Override
  public void close() {
    zstd.close();
  }
}
