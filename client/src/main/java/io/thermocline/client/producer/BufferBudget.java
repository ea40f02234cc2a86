package io.thermocline.client.producer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bytes a producer may hold. Taking waits until enough was given back; those who wait have
 * their turns in the order they came, and nobody passes them. Thread-safe.
 */
final class BufferBudget {
  private final long limit;
  private final AtomicLong free;
  private final AtomicLong waiting = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();

  /** One for each who waits, in order; only the first is ever signaled. Guarded by the lock. */
  private final Deque<Condition> turns = new ArrayDeque<>();

  private final Runnable shortage;

  /**
   * @param shortage told that somebody begins to wait
   */
  BufferBudget(long limit, Runnable shortage) {
    this.limit = limit;
    this.shortage = shortage;
    this.free = new AtomicLong(limit);
  }

  long limit() {
    return limit;
  }

  /** Whether anybody waits for some of it. */
  boolean isWaitedFor() {
    return waiting.get() > 0;
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
    return (!isWaitedFor() && tryTake(bytes)) || (maxNanos > 0 && waitAndTake(bytes, maxNanos));
  }

  void giveBack(long bytes) {
    free.addAndGet(bytes);
    if (isWaitedFor()) {
      lock.lock();
      try {
        signalFirst();
      } finally {
        lock.unlock();
      }
    }
  }

  private void signalFirst() {
    Condition first = turns.peek();
    if (first != null) {
      first.signal();
    }
  }

  private boolean waitAndTake(long bytes, long maxNanos) throws InterruptedException {
    long left = maxNanos;
    Condition turn = lock.newCondition();
    lock.lockInterruptibly();
    try {
      turns.add(turn);
      waiting.incrementAndGet();
      shortage.run();
      while (turns.peek() != turn || !tryTake(bytes)) {
        if (left <= 0) {
          return false;
        }
        left = turn.awaitNanos(left);
      }
      return true;
    } finally {
      turns.remove(turn);
      waiting.decrementAndGet();
      signalFirst();
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
