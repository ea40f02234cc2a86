package io.thermocline.gateway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Bytes that many streams share. Who finds it empty leaves word and is called when some come back.
 * Thread-safe.
 */
final class ByteBudget {
  private final long total;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private long taken;

  ByteBudget(long total) {
    this.total = total;
  }

  /**
   * Takes bytes if any at all are left; so it may be passed by one taking.
   *
   * @param whenFree called once, from any thread, if there were none: then try again
   */
  boolean take(long bytes, Runnable whenFree) {
    synchronized (this) {
      if (taken < total) {
        taken += bytes;
        return true;
      }
      waiting.add(whenFree);
      return false;
    }
  }

  /** Takes bytes that are already there. */
  synchronized void add(long bytes) {
    taken += bytes;
  }

  /** Gives bytes back. */
  void give(long bytes) {
    List<Runnable> called = new ArrayList<>();
    synchronized (this) {
      if (bytes > taken) {
        throw new IllegalStateException(bytes + " given back where " + taken + " were taken");
      }
      taken -= bytes;
      if (taken < total) {
        called.addAll(waiting);
        waiting.clear();
      }
    }
    called.forEach(Runnable::run);
  }

  /** Bytes taken now. */
  synchronized long taken() {
    return taken;
  }
}
