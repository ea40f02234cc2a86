package io.thermocline.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.thermocline.model.Compression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jpountz.lz4.LZ4FrameOutputStream;

/**
 * Compresses the payloads of batches. For one thread at a time; holds native memory from the first
 * payload on until it is closed, which makes the next payload much cheaper than the first.
 */
public final class PayloadCompressor implements AutoCloseable {
  /**
   * JSON and digits come out no larger than at level 3, lines of a log by 7%, and a producer is up
   * to six times as fast (docs/benchmarks.md). The log keeps them until they are tiered, no longer.
   */
  private static final int ZSTD_LEVEL = 1;

  private static final int KEPT_BYTES = 2 << 20;

  private final Compression compression;
  private ZstdCompressCtx zstd;
  private byte[] target = new byte[0];

  /** Takes nothing yet that has to be given back. */
  public PayloadCompressor(Compression compression) {
    this.compression = compression;
  }

  /** What it compresses with. */
  public Compression compression() {
    return compression;
  }

  /**
   * The first {@code length} bytes, compressed: an exact copy when the compression is none.
   *
   * @return owned by the caller, no larger than its content
   */
  ByteBuffer compress(byte[] bytes, int length) {
    return switch (compression) {
      case NONE -> ByteBuffer.wrap(Arrays.copyOf(bytes, length));
      case ZSTD -> zstd(bytes, length);
      case LZ4 -> lz4(bytes, length);
    };
  }

  private ByteBuffer zstd(byte[] bytes, int length) {
    if (zstd == null) {
      zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
    }
    int bound = Math.toIntExact(Zstd.compressBound(length));
    if (target.length < bound) {
      target = new byte[bound];
    }
    int size = zstd.compressByteArray(target, 0, target.length, bytes, 0, length);
    ByteBuffer payload = ByteBuffer.wrap(Arrays.copyOf(target, size));
    if (target.length > KEPT_BYTES) {
      target = new byte[0];
    }
    return payload;
  }

  private static ByteBuffer lz4(byte[] bytes, int length) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream(length / 2 + 64);
    try (LZ4FrameOutputStream frame =
        new LZ4FrameOutputStream(frames, LZ4FrameOutputStream.BLOCKSIZE.SIZE_256KB)) {
      frame.write(bytes, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return ByteBuffer.wrap(frames.toByteArray());
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
      zstd = null;
    }
  }
}
