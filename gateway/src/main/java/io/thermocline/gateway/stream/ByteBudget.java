package io.thermocline.gateway.stream;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Bytes that many streams share. Who finds it empty leaves word and is called when some come back.
 * Thread-safe.
 */
public final class ByteBudget {
  private final long total;
  private final Set<Runnable> waiting = new LinkedHashSet<>();
  private long taken;

  /** A budget of so many bytes, none of which is taken. */
  public ByteBudget(long total) {
    this.total = total;
  }

  /**
   * Takes bytes if any at all are left; so it may be passed by one taking.
   *
   * @param whenFree called once, from any thread, if there were none: then try again
   */
  public boolean take(long bytes, Runnable whenFree) {
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
  public synchronized void add(long bytes) {
    taken += bytes;
  }

  /** Gives bytes back. */
  public void give(long bytes) {
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
  public synchronized void forget(Runnable whenFree) {
    waiting.remove(whenFree);
  }

  /** Bytes taken now. */
  public synchronized long taken() {
    return taken;
  }
}
