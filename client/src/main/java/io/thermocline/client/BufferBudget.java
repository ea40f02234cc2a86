package io.thermocline.client;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The bytes a producer may hold. Taking waits until enough was given back. Thread-safe. */
final class BufferBudget {
  private final long limit;
  private final AtomicLong free;
  private final AtomicLong waiting = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition given = lock.newCondition();

  BufferBudget(long limit) {
    this.limit = limit;
    this.free = new AtomicLong(limit);
  }

  long limit() {
    return limit;
  }

  long free() {
    return free.get();
  }

  /**
   * Takes {@code bytes}, at most {@link #limit()}.
   *
   * @return false when they were not free within the time
   */
  boolean take(long bytes, long maxNanos) throws InterruptedException {
    return tryTake(bytes) || waitAndTake(bytes, maxNanos);
  }

  void giveBack(long bytes) {
    free.addAndGet(bytes);
    if (waiting.get() > 0) {
      lock.lock();
      try {
        given.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean waitAndTake(long bytes, long maxNanos) throws InterruptedException {
    long left = maxNanos;
    lock.lockInterruptibly();
    try {
      waiting.incrementAndGet();
      while (!tryTake(bytes)) {
        if (left <= 0) {
          return false;
        }
        left = given.awaitNanos(left);
      }
      return true;
    } finally {
      waiting.decrementAndGet();
      lock.unlock();
    }
  }

  private boolean tryTake(long bytes) {
    long now = free.get();
    while (now >= bytes) {
      long seen = free.compareAndExchange(now, now - bytes);
      if (seen == now) {
        return true;
      }
      now = seen;
    }
    return false;
  }
}
