package io.thermocline.hot;

import io.thermocline.codec.BatchChecker;
import io.thermocline.codec.BatchLimits;
import io.thermocline.model.BatchContent;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Checks batches on their callers' threads, as many at a time as there are processors: each check
 * may hold a whole uncompressed payload. Thread-safe.
 */
final class BatchChecks {
  private final BatchLimits limits;
  private final Semaphore permits = new Semaphore(Runtime.getRuntime().availableProcessors());
  private final ConcurrentLinkedQueue<BatchChecker> idle = new ConcurrentLinkedQueue<>();

  BatchChecks(BatchLimits limits) {
    this.limits = limits;
  }

  /** As {@link BatchChecker#check}. */
  long check(BatchContent content) {
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
