package io.thermocline.cold.cache;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waiting for a fetch that others may wait for too. To give up ends the waiting, not the fetch. */
public final class SharedFetch {
  private SharedFetch() {}

  /**
   * The fetch's result.
   *
   * @param what is waited for, as a message names it; asked for only when there is one
   * @throws ThermoclineException {@link ErrorKind#TRANSIENT} when it did not come in time, or the
   *     thread was interrupted; else of the kind the fetch failed with, a new one for each waiter
   */
  public static <T> T await(CompletableFuture<T> fetch, Duration patience, Supplier<String> what) {
    try {
      return fetch.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT,
          "%s did not come within %s: the fetch goes on, ask again".formatted(what.get(), patience),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ThermoclineException(
          ErrorKind.TRANSIENT, "Interrupted while waiting; the fetch goes on: " + what.get(), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      ErrorKind kind =
          cause instanceof ThermoclineException known ? known.kind() : ErrorKind.INTERNAL;
      throw new ThermoclineException(kind, String.valueOf(cause.getMessage()), cause);
    }
  }
}
