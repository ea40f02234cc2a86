package io.thermocline.gateway.read;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Keeps reads out of each other's way, so that a replay does not slow a tail. Fresh records are
 * read at once. Reads of older ones pass a gate that lets fewer through than the hot tier has
 * threads. The cold tier, which blocks, has threads of its own.
 */
public final class ReadPools {
  private final ReadGate older;
  private final Executor cold;

  /**
   * {@code older} bounds reads of older records from local disk; {@code cold} runs those of the
   * cold tier.
   */
  public ReadPools(ReadGate older, Executor cold) {
    this.older = older;
    this.cold = cold;
  }

  /** Reads from the hot tier, which does so on threads of its own. */
  public <T> CompletableFuture<T> hot(boolean fresh, Supplier<CompletableFuture<T>> read) {
    return fresh ? read.get() : older.pass(read);
  }

  /** Runs a step that waits for the cold tier. When too many wait already, the future fails. */
  public <T> CompletableFuture<T> cold(Supplier<CompletableFuture<T>> step) {
    return CompletableFuture.completedFuture(step).thenComposeAsync(Supplier::get, cold);
  }
}
