package io.thermocline.gateway.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.ThermoclineException.Violation;
import io.thermocline.model.Topic;
import io.thermocline.proto.v1.Compression;
import io.thermocline.proto.v1.Tier;
import java.time.Instant;
import java.util.List;

/** Between the API's messages and the words of the house. */
public final class Wire {
  private Wire() {}

  /** A range of offsets. */
  public static io.thermocline.proto.v1.OffsetRange range(OffsetRange range) {
    return io.thermocline.proto.v1.OffsetRange.newBuilder()
        .setFrom(range.from())
        .setTo(range.to())
        .build();
  }

  /** A tier. */
  public static Tier tier(io.thermocline.model.Tier tier) {
    return switch (tier) {
      case HOT -> Tier.TIER_HOT;
      case COLD -> Tier.TIER_COLD;
    };
  }

  /** A codec. */
  public static Compression compression(io.thermocline.model.Compression compression) {
    return switch (compression) {
      case NONE -> Compression.COMPRESSION_NONE;
      case LZ4 -> Compression.COMPRESSION_LZ4;
      case ZSTD -> Compression.COMPRESSION_ZSTD;
    };
  }

  /** What a batch's field says; unset is none. */
  public static io.thermocline.model.Compression compression(int number) {
    return switch (number) {
      case Compression.COMPRESSION_UNSPECIFIED_VALUE, Compression.COMPRESSION_NONE_VALUE ->
          io.thermocline.model.Compression.NONE;
      case Compression.COMPRESSION_LZ4_VALUE -> io.thermocline.model.Compression.LZ4;
      case Compression.COMPRESSION_ZSTD_VALUE -> io.thermocline.model.Compression.ZSTD;
      default ->
          throw invalid("batch.compression", "is " + number + ": known are 1 none, 2 lz4, 3 zstd");
    };
  }

  /** A batch at its place, with its payload. */
  public static io.thermocline.proto.v1.RecordBatch batch(RecordBatch batch) {
    return lead(batch).toBuilder().setPayload(payload(batch.content())).build();
  }

  /** All of a batch but its payload. */
  public static io.thermocline.proto.v1.RecordBatch lead(RecordBatch batch) {
    return lead(batch.content())
        .setBaseOffset(batch.baseOffset())
        .setMaxTimestamp(batch.maxTimestampMillis())
        .setAppendTime(batch.appendTimeMillis())
        .build();
  }

  /** What a producer says about a batch. */
  public static io.thermocline.proto.v1.RecordBatch content(BatchContent content) {
    return lead(content).setPayload(payload(content)).build();
  }

  private static io.thermocline.proto.v1.RecordBatch.Builder lead(BatchContent content) {
    return io.thermocline.proto.v1.RecordBatch.newBuilder()
        .setRecordCount(content.count())
        .setLastOffsetDelta(content.lastOffsetDelta())
        .setCompression(compression(content.compression()))
        .setUncompressedSize(content.uncompressedBytes())
        .setBaseTimestamp(content.baseTimestampMillis())
        .setAttributes(content.attributes())
        .setCrc32C(content.crc32c());
  }

  private static ByteString payload(BatchContent content) {
    return UnsafeByteOperations.unsafeWrap(content.payload().duplicate());
  }

  /** A topic. */
  public static io.thermocline.proto.v1.Topic topic(Topic topic) {
    return io.thermocline.proto.v1.Topic.newBuilder()
        .setName(topic.name())
        .setId(topic.id().uuid().toString())
        .setPartitionCount(topic.partitionCount())
        .setCreateTime(timestamp(topic.created()))
        .build();
  }

  /** A moment. */
  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  /** A length of time. */
  public static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  /** A refusal that names one wrong field. */
  public static ThermoclineException invalid(String field, String problem) {
    return new ThermoclineException(ErrorKind.INVALID, field + " " + problem)
        .with(List.of(new Violation(field, problem)));
  }
}
