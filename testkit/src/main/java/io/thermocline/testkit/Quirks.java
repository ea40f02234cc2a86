package io.thermocline.testkit;

/**
 * What another log behind the hot tier's port may do: reading code has to cope with each.
 *
 * @param offsetsAfterBatch offsets left unused after each batch, as Kafka's control batches do
 * @param emptyReads whether a read inside such a gap makes progress without bringing records
 * @param splits whether each record becomes a batch of its own, encoded anew
 */
public record Quirks(int offsetsAfterBatch, boolean emptyReads, boolean splits) {
  /** Dense offsets, batches as they came. */
  public static final Quirks NONE = new Quirks(0, false, false);

  /** All of them. */
  public static final Quirks ALL = new Quirks(3, true, true);

  public Quirks {
    if (offsetsAfterBatch < 0) {
      throw new IllegalArgumentException("Not a gap: " + offsetsAfterBatch);
    }
  }
}
