package io.thermocline.cold.cache;

import io.thermocline.cold.parquet.RangeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What one request fetches: some blocks of a file that follow each other. */
final class Extent {
  final RangeSource source;
  final long firstBlock;
  final long endBlock;
  final long from;
  final int length;

  /** At least {@link #length} long; what is behind that is of no meaning. */
  final byte[] bytes;

  private final CompletableFuture<Boolean> loaded = new CompletableFuture<>();

  /** Readers that copy out of it, or wait to. Guarded by the cache. */
  int users;

  /** Whether anybody read of it yet. Guarded by the cache. */
  boolean wanted;

  /** Whether it is past being found: it failed, or its file was forgotten. Guarded by the cache. */
  boolean dropped;

  Extent(RangeSource source, long firstBlock, long endBlock, byte[] bytes) {
    this.source = source;
    this.firstBlock = firstBlock;
    this.endBlock = endBlock;
    this.from = firstBlock * BlockCache.BLOCK_BYTES;
    this.length = (int) (Math.min(source.length(), endBlock * BlockCache.BLOCK_BYTES) - from);
    this.bytes = bytes;
  }

  /** Reads the bytes. */
  void fetch() {
    source.readFully(from, bytes, 0, length);
  }

  void complete() {
    boolean unused = loaded.complete(true);
  }

  void fail(Throwable failure) {
    boolean unused = loaded.completeExceptionally(failure);
  }

  boolean isLoaded() {
    return loaded.isDone();
  }

  /** Waits until the bytes are there. To give up ends the waiting, not the fetch. */
  void await(Duration patience) {
    boolean unused =
        SharedFetch.await(
            loaded,
            patience,
            () -> "%d bytes at %d of %s".formatted(length, from, source.location()));
  }
}
