package io.thermocline.model;

import java.util.List;
import java.util.Objects;

/**
 * What a tier answers to a read. "Not yet" and "not here any more" are answers, only failures are
 * exceptions.
 */
public sealed interface ReadResult {

  /**
   * Progress: batches, or an offset range that holds none.
   *
   * @param batches in offset order; the first may begin below the offset asked for, as the batch
   *     that holds it is given whole. May be empty: then the offsets up to {@code nextOffset} hold
   *     no record.
   * @param nextOffset where the next read goes on; greater than the offset asked for
   * @param lost ranges below {@code nextOffset} whose stored bytes are damaged and are not served
   */
  record Progress(List<RecordBatch> batches, long nextOffset, List<OffsetRange> lost)
      implements ReadResult {
    public Progress {
      batches = List.copyOf(batches);
      lost = List.copyOf(lost);
    }
  }

  /**
   * Nothing at or after the offset yet in this tier.
   *
   * @param end this tier's end: {@code end} of the hot tier, tiered-to of the cold one
   */
  record AtEnd(long end) implements ReadResult {}

  /**
   * This tier starts later: ask the older one, or, where there is none, the offset is out of range.
   *
   * @param start first offset this tier can serve
   */
  record BeforeStart(long start) implements ReadResult {}

  /** Progress without lost ranges. */
  static ReadResult of(List<RecordBatch> batches, long nextOffset) {
    return new Progress(Objects.requireNonNull(batches), nextOffset, List.of());
  }
}
