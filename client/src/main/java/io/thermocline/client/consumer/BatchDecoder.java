package io.thermocline.client.consumer;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.record.RecordHeader;
import io.thermocline.client.wire.WireBatch;
import io.thermocline.codec.BatchLimits;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Tier;
import io.thermocline.proto.v1.Compression;
import io.thermocline.proto.v1.RecordBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Checks and opens what came. Reusable; for one thread at a time. */
final class BatchDecoder {
  private final PayloadReader payloads =
      new PayloadReader(BatchLimits.defaults().maxUncompressedBytes());
  private final RecordCursor cursor = new RecordCursor();

  /**
   * The batch's content, its checksum compared.
   *
   * @throws ReadFailedException {@link ErrorKind#CORRUPT} when it is not what the producer sent,
   *     {@link ErrorKind#UNSUPPORTED} when it is compressed in a way that this client does not know
   */
  static BatchContent check(PartitionName partition, RecordBatch batch) {
    if (batch.getCompression() == Compression.UNRECOGNIZED) {
      throw Failure.of(
              ErrorKind.UNSUPPORTED,
              "The batch of %s at offset %d is compressed in a way (%d) that this client does not know"
                  .formatted(partition, batch.getBaseOffset(), batch.getCompressionValue()))
          .read();
    }
    BatchContent content = WireBatch.fromProto(batch);
    int computed = content.computeCrc32c();
    if (computed != content.crc32c()) {
      throw damaged(
          partition,
          batch,
          "its checksum is %08x, its bytes have %08x".formatted(content.crc32c(), computed));
    }
    return content;
  }

  /** A cursor on the batch's records; valid until the next call. */
  RecordCursor open(PartitionName partition, RecordBatch batch, BatchContent content) {
    try {
      return cursor.reset(
          payloads.open(content), batch.getBaseOffset(), content.baseTimestampMillis());
    } catch (ThermoclineException e) {
      throw damaged(partition, batch, e.getMessage());
    }
  }

  /** The current record, copied out. */
  static ConsumerRecord record(RecordCursor at, PartitionName partition, Tier tier) {
    return new ConsumerRecord(
        partition,
        at.offset(),
        at.timestampMillis(),
        copy(at.array(), at.keyStart(), at.keyLength()),
        copy(at.array(), at.valueStart(), at.valueLength()),
        headers(at),
        tier);
  }

  static ReadFailedException damaged(PartitionName partition, RecordBatch batch, String problem) {
    return Failure.of(
            ErrorKind.CORRUPT,
            "The batch of "
                + partition
                + " at offset "
                + batch.getBaseOffset()
                + " arrived damaged: "
                + problem)
        .read();
  }

  private static List<RecordHeader> headers(RecordCursor at) {
    if (!at.nextHeader()) {
      return List.of();
    }
    List<RecordHeader> headers = new ArrayList<>();
    do {
      String name =
          new String(
              at.array(), at.headerNameStart(), at.headerNameLength(), StandardCharsets.UTF_8);
      headers.add(
          new RecordHeader(name, copy(at.array(), at.headerValueStart(), at.headerValueLength())));
    } while (at.nextHeader());
    return List.copyOf(headers);
  }

  private static byte[] copy(byte[] source, int start, int length) {
    return length < 0 ? null : Arrays.copyOfRange(source, start, start + length);
  }
}
