package io.thermocline.gateway;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Where reads run: fresh records, older ones on local disk, and the cold tier each have threads of
 * their own, so that a replay does not slow a tail. A pool that is full fails the future.
 */
final class ReadPools {
  private final Executor tail;
  private final Executor hot;
  private final Executor cold;

  ReadPools(Executor tail, Executor hot, Executor cold) {
    this.tail = tail;
    this.hot = hot;
    this.cold = cold;
  }

  /** Runs a step that reads from local disk, fresh records or older ones. */
  <T> CompletableFuture<T> hot(boolean fresh, Supplier<CompletableFuture<T>> step) {
    return on(fresh ? tail : hot, step);
  }

  /** Runs a step that waits for the cold tier. */
  <T> CompletableFuture<T> cold(Supplier<CompletableFuture<T>> step) {
    return on(cold, step);
  }

  private static <T> CompletableFuture<T> on(Executor pool, Supplier<CompletableFuture<T>> step) {
    return CompletableFuture.completedFuture(step).thenComposeAsync(Supplier::get, pool);
  }
}
