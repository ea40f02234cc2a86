package io.thermocline.gateway;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Bytes that many streams share. Who finds it empty leaves word and is called when some come back.
 * Thread-safe.
 */
final class ByteBudget {
  private final long total;
  private final Set<Runnable> waiting = new LinkedHashSet<>();
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

  /** Takes back a word that was left. */
  synchronized void forget(Runnable whenFree) {
    waiting.remove(whenFree);
  }

  /** Bytes taken now. */
  synchronized long taken() {
    return taken;
  }
}
