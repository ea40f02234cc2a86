package io.thermocline.cold.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.thermocline.model.Compression;
import java.util.Arrays;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Compresses pages. For one thread at a time; holds native memory until it is closed. */
final class PageCompressor implements AutoCloseable {
  private static final int ZSTD_LEVEL = 4;

  /**
   * Shorter matches than this save hardly a byte and cost the reader more than literals do: text,
   * JSON and digits all get smaller without them, and read faster (docs/benchmarks.md).
   */
  private static final int LEAST_MATCH_BYTES = 6;

  private static final int KEPT_BYTES = 1 << 20;

  private final ZstdCompressCtx zstd;
  private byte[] target = new byte[0];

  PageCompressor(Compression compression) {
    zstd = compression == Compression.ZSTD ? context() : null;
  }

  private static ZstdCompressCtx context() {
    return new ZstdCompressCtx().setLevel(ZSTD_LEVEL).setMinMatch(LEAST_MATCH_BYTES);
  }

  CompressionCodecName codec() {
    return zstd == null ? CompressionCodecName.UNCOMPRESSED : CompressionCodecName.ZSTD;
  }

  /** A page as it is stored, in memory of its own. */
  byte[] compress(byte[] source, int length) {
    if (zstd == null) {
      return Arrays.copyOf(source, length);
    }
    int bound = Math.toIntExact(Zstd.compressBound(length));
    if (target.length < bound) {
      target = new byte[bound];
    }
    int size = zstd.compressByteArray(target, 0, target.length, source, 0, length);
    byte[] page = Arrays.copyOf(target, size);
    if (target.length > KEPT_BYTES) {
      target = new byte[0];
    }
    return page;
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
    }
  }
}
