package io.thermocline.cold.store;

import io.thermocline.cold.WriteBudget;
import io.thermocline.model.Pace;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Holds tiering, merging and upkeep to a number of requests a second. Readers use the store itself.
 * Thread-safe; once it is closed nobody waits any more.
 */
public final class StorePace implements AutoCloseable {
  private final boolean limited;
  private final Pace requests;
  private final int partBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private boolean closed;

  private StorePace(
      long requestsPerSecond,
      int partBytes,
      LongSupplier nanoTime,
      Consumer<Duration> pauseOrNull) {
    this.limited = requestsPerSecond != WriteBudget.UNLIMITED;
    this.partBytes = partBytes;
    this.requests =
        new Pace(requestsPerSecond, nanoTime, pauseOrNull == null ? this::rest : pauseOrNull);
  }

  /**
   * The pace of a budget.
   *
   * @param stores says into what parts a file is cut: each is a request
   */
  public static StorePace of(WriteBudget budget, StoreSettings stores) {
    return new StorePace(budget.requestsPerSecond(), stores.partBytes(), System::nanoTime, null);
  }

  static StorePace of(
      long requestsPerSecond, int partBytes, LongSupplier nanoTime, Consumer<Duration> pause) {
    return new StorePace(requestsPerSecond, partBytes, nanoTime, pause);
  }

  /** The store at this pace, reads included: for whoever works in the background only. */
  public ObjectStore all(ObjectStore store) {
    return limited ? new PacedObjectStore(store, this, true) : store;
  }

  /** The store at this pace for what changes it, while reads go on as fast as they can. */
  public ObjectStore changes(ObjectStore store) {
    return limited ? new PacedObjectStore(store, this, false) : store;
  }

  void take(long count) {
    requests.take(count);
  }

  /** A file of more than a part goes up in parts, with a request to begin and one to end. */
  long requestsOf(long bytes) {
    return bytes <= partBytes ? 1 : 2 + (bytes + partBytes - 1) / partBytes;
  }

  private void rest(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // What waited goes on at once, and sees the interrupt at its next stop.
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
