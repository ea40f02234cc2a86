package io.thermocline.gateway.fetch;

import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.RecordBatch;
import io.thermocline.proto.v1.FetchResponse;
import java.util.List;

/**
 * A fetch response whose batches are still the bytes a tier gave.
 *
 * @param head every field but the batches
 * @param batches the last field of the message
 * @param whenWritten is run once all of it was copied to where it is sent from: what the payloads
 *     lie in is not needed any more. Not run for an answer that is given up.
 */
public record FetchAnswer(FetchResponse head, List<RecordBatch> batches, Runnable whenWritten) {
  public FetchAnswer {
    batches = List.copyOf(batches);
    if (head.getBatchesCount() != 0) {
      throw new IllegalArgumentException("The head of a fetch answer carries no batches");
    }
  }

  /** An answer that nobody waits for. */
  public FetchAnswer(FetchResponse head, List<RecordBatch> batches) {
    this(head, batches, () -> {});
  }

  /** The whole message. */
  public FetchResponse toProto() {
    FetchResponse.Builder whole = head.toBuilder();
    batches.forEach(batch -> whole.addBatches(Wire.batch(batch)));
    return whole.build();
  }

  /** Payload bytes of its batches: what it takes of the reader's credit. */
  public long bytes() {
    return batches.stream().mapToLong(RecordBatch::sizeInBytes).sum();
  }
}
