package io.thermocline.model;

/**
 * Where a batch stands in what one producer sends to one partition, as in Kafka's idempotent
 * producer (KIP-98): a broker that has seen it answers a repeat with the place of the original.
 *
 * @param producerId a random number given once and never again, {@code >= 0}
 * @param epoch {@code >= 0}; raised by the producer when it gives up what it does not know the
 *     outcome of. Older epochs are refused from then on.
 * @param baseSequence number of the batch's first record, {@code >= 0}: a producer counts its
 *     records (offset deltas, to be exact) of a partition from 0 in each epoch, and begins at 0
 *     again after {@link Integer#MAX_VALUE}
 */
public record ProducerSequence(long producerId, short epoch, int baseSequence) {

  public ProducerSequence {
    if (producerId < 0 || epoch < 0 || baseSequence < 0) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Not a producer's sequence: id %d, epoch %d, sequence %d; none may be negative"
              .formatted(producerId, epoch, baseSequence));
    }
  }

  /** The number of the record after a batch with that {@code lastOffsetDelta}. */
  public int nextSequence(int lastOffsetDelta) {
    return (int) ((baseSequence + lastOffsetDelta + 1L) & Integer.MAX_VALUE);
  }
}
