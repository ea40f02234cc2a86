package io.thermocline.gateway;

import io.thermocline.model.RecordBatch;
import io.thermocline.proto.v1.FetchResponse;
import java.util.List;

/**
 * A fetch response whose batches are still the bytes a tier gave.
 *
 * @param head every field but the batches
 * @param batches the last field of the message
 */
record FetchAnswer(FetchResponse head, List<RecordBatch> batches) {
  FetchAnswer {
    batches = List.copyOf(batches);
    if (head.getBatchesCount() != 0) {
      throw new IllegalArgumentException("The head of a fetch answer carries no batches");
    }
  }

  /** The whole message. */
  FetchResponse toProto() {
    FetchResponse.Builder whole = head.toBuilder();
    batches.forEach(batch -> whole.addBatches(Wire.batch(batch)));
    return whole.build();
  }

  /** Payload bytes of its batches: what it takes of the reader's credit. */
  long bytes() {
    return batches.stream().mapToLong(RecordBatch::sizeInBytes).sum();
  }
}
