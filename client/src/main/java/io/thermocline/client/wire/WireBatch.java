package io.thermocline.client.wire;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.Tier;
import io.thermocline.proto.v1.RecordBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Batches as messages and back, without copying payloads. */
public final class WireBatch {
  private WireBatch() {}

  /** The message shares the content's payload. */
  public static RecordBatch toProto(BatchContent content) {
    return RecordBatch.newBuilder()
        .setRecordCount(content.count())
        .setLastOffsetDelta(content.lastOffsetDelta())
        .setCompression(toProto(content.compression()))
        .setUncompressedSize(content.uncompressedBytes())
        .setBaseTimestamp(content.baseTimestampMillis())
        .setAttributes(content.attributes())
        .setCrc32C(content.crc32c())
        .setPayload(UnsafeByteOperations.unsafeWrap(content.payload()))
        .build();
  }

  /** The content shares the message's payload, which nobody may change. */
  public static BatchContent fromProto(RecordBatch batch) {
    return new BatchContent(
        batch.getRecordCount(),
        batch.getLastOffsetDelta(),
        fromProto(batch.getCompression()),
        batch.getAttributes(),
        batch.getBaseTimestamp(),
        batch.getUncompressedSize(),
        batch.getCrc32C(),
        arrayOf(batch.getPayload()));
  }

  private static io.thermocline.proto.v1.Compression toProto(Compression compression) {
    return switch (compression) {
      case NONE -> io.thermocline.proto.v1.Compression.COMPRESSION_NONE;
      case LZ4 -> io.thermocline.proto.v1.Compression.COMPRESSION_LZ4;
      case ZSTD -> io.thermocline.proto.v1.Compression.COMPRESSION_ZSTD;
    };
  }

  private static Compression fromProto(io.thermocline.proto.v1.Compression compression) {
    return switch (compression) {
      case COMPRESSION_UNSPECIFIED, COMPRESSION_NONE -> Compression.NONE;
      case COMPRESSION_LZ4 -> Compression.LZ4;
      case COMPRESSION_ZSTD -> Compression.ZSTD;
      case UNRECOGNIZED ->
          throw new IllegalArgumentException("A compression this client does not know");
    };
  }

  /** The tier a response names. */
  public static Tier tierOf(io.thermocline.proto.v1.Tier tier) {
    return tier == io.thermocline.proto.v1.Tier.TIER_COLD ? Tier.COLD : Tier.HOT;
  }

  /** The array inside, which only a {@link ByteOutput} is shown. */
  private static ByteBuffer arrayOf(ByteString bytes) {
    ArrayTaker taker = new ArrayTaker(bytes.size());
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, taker);
    } catch (IOException e) {
      throw new UncheckedIOException("Reading memory failed", e);
    }
    return taker.taken();
  }

  private static final class ArrayTaker extends ByteOutput {
    private final int size;
    private ByteBuffer taken = ByteBuffer.allocate(0);

    ArrayTaker(int size) {
      this.size = size;
    }

    ByteBuffer taken() {
      return taken;
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      if (length == size) {
        taken = ByteBuffer.wrap(value, offset, length);
      } else {
        write(value, offset, length);
      }
    }

    @Override
    public void writeLazy(ByteBuffer value) {
      write(value);
    }

    @Override
    public void write(byte value) {
      write(new byte[] {value}, 0, 1);
    }

    @Override
    public void write(byte[] value, int offset, int length) {
      write(ByteBuffer.wrap(value, offset, length));
    }

    /** Several pieces, or memory that is not an array: gathered by copying. */
    @Override
    public void write(ByteBuffer value) {
      ByteBuffer joined = ByteBuffer.allocate(taken.remaining() + value.remaining());
      taken = joined.put(taken).put(value).flip();
    }
  }
}
