package io.thermocline.client.producer;

import io.thermocline.client.failure.Failure;
import java.util.function.Consumer;

/**
 * Who an idempotent producer is to the server.
 *
 * @param producerId given once and never again
 * @param windowBatches how many batches of a partition may be unanswered, so that the server still
 *     tells a repeat of the oldest
 */
record ProducerIdentity(long producerId, int windowBatches) {
  ProducerIdentity {
    if (producerId <= 0 || windowBatches <= 0) {
      throw new IllegalArgumentException(
          "Not an identity: id " + producerId + ", window " + windowBatches);
    }
  }

  /** Asks a server for one. */
  interface Giver {

    /** Calls one of them back once, on any thread. */
    void ask(Consumer<ProducerIdentity> got, Consumer<Failure> failed);
  }
}
