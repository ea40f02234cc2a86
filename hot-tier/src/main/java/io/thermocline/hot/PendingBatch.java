package io.thermocline.hot;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ThermoclineException;
import java.util.concurrent.CompletableFuture;

/**
 * A checked batch on its way to the disk.
 *
 * @param startedAt by {@link HotMetrics#now}
 */
record PendingBatch(
    BatchContent content,
    AppendConditions conditions,
    long maxTimestampMillis,
    long startedAt,
    CompletableFuture<Appended> done)
    implements LogQueue.Work {
  /** What a waiting batch takes beside its payload. */
  private static final int OVERHEAD_BYTES = 512;

  /** What it takes of the bytes that may wait. */
  static long weight(BatchContent content) {
    return (long) content.sizeInBytes() + OVERHEAD_BYTES;
  }

  /** Its bytes in the file. */
  long storedBytes() {
    return (long) BatchHeader.BYTES + content.sizeInBytes();
  }

  /**
   * Answers that the batch is durable.
   *
   * @param forcedTo one past the last offset a force has reached; what lies past it is counted as a
   *     broken promise
   */
  void acknowledge(Appended place, long forcedTo, HotMetrics metrics) {
    if (place.baseOffset() + content.lastOffsetDelta() >= forcedTo) {
      metrics.acknowledgedUnforced(storedBytes());
    }
    metrics.waitingBytes.addAndGet(-weight(content));
    metrics.appendedBytes.increment(content.sizeInBytes());
    metrics.appendedRecords.increment(content.count());
    metrics.appended(startedAt);
    done.complete(place);
  }

  /** Answers where the batch lies that this one repeats, which is durable. */
  void repeats(Appended place, HotMetrics metrics) {
    metrics.waitingBytes.addAndGet(-weight(content));
    metrics.repeats.increment();
    done.complete(place);
  }

  void fail(ThermoclineException why, HotMetrics metrics) {
    metrics.waitingBytes.addAndGet(-weight(content));
    done.completeExceptionally(why);
  }
}
