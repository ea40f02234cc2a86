package io.thermocline.gateway;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Where reads run: fresh records, older ones on local disk, and the cold tier each have threads of
 * their own, so that a replay does not slow a tail.
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
    try {
      return CompletableFuture.supplyAsync(step, pool).thenCompose(future -> future);
    } catch (RejectedExecutionException full) {
      return CompletableFuture.failedFuture(
          new ThermoclineException(
              ErrorKind.EXHAUSTED,
              "Too many reads are waiting: try again, or read less at once",
              full));
    }
  }
}
