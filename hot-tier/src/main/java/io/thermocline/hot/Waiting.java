package io.thermocline.hot;

import io.thermocline.model.ThermoclineException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for futures of this package. */
final class Waiting {
  private Waiting() {}

  /** The future's value, or its failure as it was thrown. An interrupt does not end the waiting. */
  static <T> T on(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ThermoclineException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
