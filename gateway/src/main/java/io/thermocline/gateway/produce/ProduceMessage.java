package io.thermocline.gateway.produce;

import io.thermocline.gateway.wire.Conditions;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A produce request whose payload is one array of its own.
 *
 * @param head every field; of the batch everything but the payload
 * @param payload as it was sent
 * @param problem why it is none at all: then the stream it came on makes no sense
 */
public record ProduceMessage(
    ProduceRequest head, ByteBuffer payload, Optional<ThermoclineException> problem) {

  /** What a message takes in memory beside its payload, about. */
  private static final int OVERHEAD_BYTES = 512;

  /** The same message, as it would have come over the wire. */
  public static ProduceMessage of(ProduceRequest request) {
    ByteBuffer payload = ByteBuffer.wrap(request.getBatch().getPayload().toByteArray());
    ProduceRequest.Builder head = request.toBuilder();
    if (request.hasBatch()) {
      head.getBatchBuilder().clearPayload();
    }
    return new ProduceMessage(head.build(), payload, Optional.empty());
  }

  static ProduceMessage malformed(ThermoclineException problem) {
    return new ProduceMessage(
        ProduceRequest.getDefaultInstance(), ByteBuffer.allocate(0), Optional.of(problem));
  }

  /**
   * What is to be appended.
   *
   * @throws ThermoclineException {@code INVALID} when there is no batch, or when it carries what
   *     only the broker gives
   */
  public BatchContent content() {
    if (!head.hasBatch()) {
      throw Wire.invalid("batch", "is missing");
    }
    RecordBatch batch = head.getBatch();
    givenByBroker("batch.base_offset", batch.getBaseOffset());
    givenByBroker("batch.max_timestamp", batch.getMaxTimestamp());
    givenByBroker("batch.append_time", batch.getAppendTime());
    if (batch.getRecordCount() < 1) {
      throw Wire.invalid(
          "batch.record_count", "is " + batch.getRecordCount() + ": send one record or more");
    }
    return new BatchContent(
        batch.getRecordCount(),
        batch.getLastOffsetDelta(),
        Wire.compression(batch.getCompressionValue()),
        batch.getAttributes(),
        batch.getBaseTimestamp(),
        batch.getUncompressedSize(),
        batch.getCrc32C(),
        payload);
  }

  /** What it counts while it waits for its answer. */
  long weight() {
    return (long) payload.remaining() + OVERHEAD_BYTES;
  }

  /** Whether its place among the others is told by its sequence, and not by the stream's order. */
  boolean isSequenced() {
    return head.hasSequence();
  }

  /** Whether it is appended at one offset only. */
  boolean demandsOffset() {
    return head.hasExpectedOffset();
  }

  /** The fence token that its writer holds; 0 for none. */
  long fenceToken() {
    return head.getFenceToken();
  }

  /**
   * What has to hold for it to be appended.
   *
   * @throws ThermoclineException {@code INVALID} when a field makes no sense
   */
  AppendConditions conditions() {
    return Conditions.of(head);
  }

  private static void givenByBroker(String field, long value) {
    if (value != 0) {
      throw Wire.invalid(field, "is " + value + ": the broker gives it, leave it out");
    }
  }
}
