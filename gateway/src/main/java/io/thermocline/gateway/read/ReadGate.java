package io.thermocline.gateway.read;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Lets a number of asynchronous reads be under way at once; the others wait, in order, without a
 * thread. Thread-safe.
 */
public final class ReadGate {
  private final int maxUnderWay;
  private final int maxWaiting;
  private final Executor pool;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int underWay;

  /**
   * @param pool begins the reads that had to wait
   */
  public ReadGate(int maxUnderWay, int maxWaiting, Executor pool) {
    this.maxUnderWay = maxUnderWay;
    this.maxWaiting = maxWaiting;
    this.pool = pool;
  }

  /**
   * Begins a read, now or later.
   *
   * @return what the read brings; fails with {@link RejectedExecutionException} when too many wait
   */
  <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> read) {
    synchronized (this) {
      if (underWay == maxUnderWay) {
        if (waiting.size() == maxWaiting) {
          return CompletableFuture.failedFuture(
              new RejectedExecutionException(maxWaiting + " reads wait already"));
        }
        CompletableFuture<T> later = new CompletableFuture<>();
        waiting.add(() -> relay(begin(read), later));
        return later;
      }
      underWay++;
    }
    return begin(read);
  }

  private <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> read) {
    CompletableFuture<T> begun;
    try {
      begun = read.get();
    } catch (RuntimeException | Error failure) {
      begun = CompletableFuture.failedFuture(failure);
    }
    return begun.whenComplete((value, failure) -> passOn());
  }

  private static <T> void relay(CompletableFuture<T> from, CompletableFuture<T> to) {
    var unused =
        from.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                to.complete(value);
              } else {
                to.completeExceptionally(failure);
              }
            });
  }

  /** One that was under way is done: the next takes its place. */
  private void passOn() {
    Runnable next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        underWay--;
        return;
      }
    }
    pool.execute(next);
  }
}
