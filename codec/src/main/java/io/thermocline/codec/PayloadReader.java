package io.thermocline.codec;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4FrameInputStream;

/**
 * Opens payloads: decompresses them into memory of its own, never past the size a batch states nor
 * past its limit.
 *
 * <p>Reusable; for one thread at a time. It holds one buffer of the largest size seen, at most the
 * limit.
 */
public final class PayloadReader {
  private static final int MAX_ZSTD_WINDOW_LOG = 23;
  private static final int ZSTD_MAGIC = 0xFD2FB528;

  private final int maxUncompressedBytes;
  private byte[] scratch = new byte[0];

  /** A reader that refuses payloads larger than {@code maxUncompressedBytes} once decompressed. */
  public PayloadReader(int maxUncompressedBytes) {
    this.maxUncompressedBytes = maxUncompressedBytes;
  }

  /**
   * The batch's records, decompressed.
   *
   * @return array-backed; valid until the next call, or for as long as the batch's payload where
   *     nothing had to be copied
   * @throws ThermoclineException {@code INVALID} when the payload is not what the batch says, or is
   *     too large
   */
  public ByteBuffer open(BatchContent content) {
    int size = content.uncompressedBytes();
    if (size < 0 || size > maxUncompressedBytes) {
      throw Malformed.batch(
          "uncompressed_size",
          "it says " + size + " bytes uncompressed, the limit is " + maxUncompressedBytes);
    }
    return switch (content.compression()) {
      case NONE -> plain(content);
      case LZ4 -> lz4(content, size);
      case ZSTD -> zstd(content, size);
    };
  }

  private ByteBuffer plain(BatchContent content) {
    ByteBuffer payload = content.payload();
    checkSize(content, payload.remaining());
    if (payload.hasArray()) {
      return payload.duplicate();
    }
    byte[] target = target(payload.remaining());
    payload.duplicate().get(target, 0, payload.remaining());
    return ByteBuffer.wrap(target, 0, payload.remaining());
  }

  private ByteBuffer zstd(BatchContent content, int size) {
    ByteBuffer payload = heap(content.payload());
    if (payload.remaining() < 4
        || payload.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt() != ZSTD_MAGIC) {
      throw Malformed.batch("payload", "it is not a Zstandard frame");
    }
    byte[] target = target(size);
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      context.setLongMax(MAX_ZSTD_WINDOW_LOG);
      int read =
          context.decompressByteArray(
              target,
              0,
              size,
              payload.array(),
              payload.arrayOffset() + payload.position(),
              payload.remaining());
      checkSize(content, read);
    } catch (ZstdException e) {
      throw Malformed.batch(
          "payload",
          "Zstandard data is damaged or longer than the "
              + size
              + " bytes stated: "
              + e.getMessage());
    }
    return ByteBuffer.wrap(target, 0, size);
  }

  private ByteBuffer lz4(BatchContent content, int size) {
    byte[] target = target(size);
    ByteBuffer payload = content.payload().duplicate();
    try (InputStream frame = new LZ4FrameInputStream(new BufferInputStream(payload), true)) {
      int read = frame.readNBytes(target, 0, size);
      if (read == size && frame.read() >= 0) {
        throw Malformed.batch(
            "payload", "it decompresses to more than the " + size + " bytes stated");
      }
      checkSize(content, read);
      if (payload.hasRemaining()) {
        throw Malformed.batch(
            "payload", payload.remaining() + " bytes stand behind its LZ4 frame: send one frame");
      }
    } catch (ThermoclineException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library throws both for bytes that are not an LZ4 frame.
      throw Malformed.batch("payload", "LZ4 frame is damaged: " + e.getMessage());
    }
    return ByteBuffer.wrap(target, 0, size);
  }

  private static void checkSize(BatchContent content, int actual) {
    if (actual != content.uncompressedBytes()) {
      throw Malformed.batch(
          "uncompressed_size",
          "it says "
              + content.uncompressedBytes()
              + " bytes uncompressed, the payload has "
              + actual);
    }
  }

  private byte[] target(int size) {
    if (scratch.length < size) {
      scratch = new byte[Math.min(maxUncompressedBytes, Math.max(size, scratch.length * 2))];
    }
    return scratch;
  }

  private static ByteBuffer heap(ByteBuffer payload) {
    if (payload.hasArray()) {
      return payload;
    }
    byte[] copy = new byte[payload.remaining()];
    payload.duplicate().get(copy);
    return ByteBuffer.wrap(copy);
  }

  /** The rest of a buffer as a stream. */
  private static final class BufferInputStream extends InputStream {
    private final ByteBuffer source;

    BufferInputStream(ByteBuffer source) {
      this.source = source;
    }

    @Override
    public int read() {
      return source.hasRemaining() ? source.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (!source.hasRemaining()) {
        return length == 0 ? 0 : -1;
      }
      int count = Math.min(length, source.remaining());
      source.get(target, offset, count);
      return count;
    }
  }
}
