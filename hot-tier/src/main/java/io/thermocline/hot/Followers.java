package io.thermocline.hot;

import io.thermocline.model.ThermoclineException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Who waits for a log's end to move. Each is woken once; none holds a thread. Thread-safe. */
final class Followers {
  private final LongSupplier end;

  /** In the order they came, and so they are woken. */
  private final Set<Follower> waiting = new LinkedHashSet<>();

  private ThermoclineException closed;

  /**
   * @param end moved before {@link #moved} is called
   */
  Followers(LongSupplier end) {
    this.end = end;
  }

  /** Identity matters: two waits for one offset are two. */
  private static final class Follower {
    private final long offset;
    private final CompletableFuture<Long> future = new CompletableFuture<>();

    Follower(long offset) {
      this.offset = offset;
    }
  }

  CompletableFuture<Long> beyond(long offset) {
    Follower follower = new Follower(offset);
    synchronized (waiting) {
      if (closed != null) {
        return CompletableFuture.failedFuture(closed);
      }
      long now = end.getAsLong();
      if (now > offset) {
        return CompletableFuture.completedFuture(now);
      }
      waiting.add(follower);
    }
    // The caller gets the very future that is completed, so that canceling it frees its place.
    CompletableFuture<Long> unused =
        follower.future.whenComplete((reached, failure) -> leave(follower));
    return follower.future;
  }

  private void leave(Follower follower) {
    synchronized (waiting) {
      waiting.remove(follower);
    }
  }

  /** Wakes those who waited for less than the end as it is now. */
  void moved() {
    long now = end.getAsLong();
    List<Follower> due = new ArrayList<>();
    synchronized (waiting) {
      for (Iterator<Follower> each = waiting.iterator(); each.hasNext(); ) {
        Follower follower = each.next();
        if (follower.offset < now) {
          each.remove();
          due.add(follower);
        }
      }
    }
    due.forEach(follower -> follower.future.complete(now));
  }

  /** Ends all waiting, now and later, with {@code why}. */
  void close(ThermoclineException why) {
    List<Follower> all;
    synchronized (waiting) {
      closed = why;
      all = List.copyOf(waiting);
      waiting.clear();
    }
    all.forEach(follower -> follower.future.completeExceptionally(why));
  }

  /** How many wait. */
  int count() {
    synchronized (waiting) {
      return waiting.size();
    }
  }
}
