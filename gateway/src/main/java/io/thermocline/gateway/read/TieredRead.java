package io.thermocline.gateway.read;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.Tier;
import java.util.List;

/**
 * What the whole log answered to a read.
 *
 * @param tier which one gave the batches
 * @param batches in offset order; the first may begin below the offset asked for
 * @param nextOffset where the next read goes on: past the offset asked for, except at the end,
 *     where it is that offset
 * @param lost damaged ranges below {@code nextOffset} that were passed over
 * @param logStart first readable offset, as of this read
 * @param end one past the last durable record, as of this read; {@code >= nextOffset}
 */
public record TieredRead(
    Tier tier,
    List<RecordBatch> batches,
    long nextOffset,
    List<OffsetRange> lost,
    long logStart,
    long end) {

  public TieredRead {
    batches = List.copyOf(batches);
    lost = List.copyOf(lost);
    if (nextOffset > end) {
      throw new IllegalArgumentException(
          "A read went to " + nextOffset + ", past the end " + end + " of what is durable");
    }
  }

  /** Whether the reader has now seen all there was. */
  public boolean caughtUp() {
    return nextOffset == end;
  }

  /** The same without batches that begin at {@code stop} or after it. */
  public TieredRead before(long stop) {
    List<RecordBatch> kept = batches.stream().filter(batch -> batch.baseOffset() < stop).toList();
    if (kept.size() == batches.size()) {
      return this;
    }
    long reached = kept.isEmpty() ? stop : kept.get(kept.size() - 1).nextOffset();
    long next = Math.max(stop, reached);
    List<OffsetRange> keptLost = lost.stream().filter(range -> range.from() < next).toList();
    return new TieredRead(tier, kept, next, keptLost, logStart, end);
  }

  /** Payload bytes of its batches. */
  public long bytes() {
    return batches.stream().mapToLong(RecordBatch::sizeInBytes).sum();
  }
}
