package io.thermocline.hot;

import io.thermocline.codec.BatchChecker;
import io.thermocline.codec.BatchLimits;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Checks batches on their callers' threads. Those that have to be unpacked wait for a permit, of
 * which there are as many as processors: each check holds a whole uncompressed payload. The others
 * never wait. Thread-safe.
 */
final class BatchChecks {
  private final BatchLimits limits;
  private final Semaphore permits;

  /** For those with a permit: each keeps an array as large as it has ever needed. */
  private final ConcurrentLinkedQueue<BatchChecker> idle = new ConcurrentLinkedQueue<>();

  BatchChecks(BatchLimits limits) {
    this(limits, new Semaphore(Runtime.getRuntime().availableProcessors()));
  }

  /**
   * @param permits how many uncompressed payloads may be held
   */
  BatchChecks(BatchLimits limits, Semaphore permits) {
    this.limits = limits;
    this.permits = permits;
  }

  /** As {@link BatchChecker#check}. */
  long check(BatchContent content) {
    // Small ones come on event loops, which must not wait behind anybody's megabytes.
    return isUnpacked(content) ? checkWithPermit(content) : new BatchChecker(limits).check(content);
  }

  private static boolean isUnpacked(BatchContent content) {
    return content.compression() != Compression.NONE || !content.payload().hasArray();
  }

  private long checkWithPermit(BatchContent content) {
    permits.acquireUninterruptibly();
    try {
      BatchChecker found = idle.poll();
      BatchChecker checker = found == null ? new BatchChecker(limits) : found;
      try {
        return checker.check(content);
      } finally {
        idle.add(checker);
      }
    } finally {
      permits.release();
    }
  }
}
