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

  /** Its blocks, in order; what is behind {@link #length} is of no meaning. */
  final byte[][] arrays;

  private final CompletableFuture<Boolean> loaded = new CompletableFuture<>();

  /** Its fetch, and readers that copy out of it, or wait to. Guarded by the cache. */
  int users;

  /** Whether anybody read of it yet. Guarded by the cache. */
  boolean wanted;

  /** Whether it is past being found: it failed, or its file was forgotten. Guarded by the cache. */
  boolean dropped;

  Extent(RangeSource source, long firstBlock, long endBlock, byte[][] arrays) {
    this.source = source;
    this.firstBlock = firstBlock;
    this.endBlock = endBlock;
    this.from = firstBlock * BlockCache.BLOCK_BYTES;
    this.length = (int) (Math.min(source.length(), endBlock * BlockCache.BLOCK_BYTES) - from);
    this.arrays = arrays;
  }

  /** Reads the bytes. */
  void fetch() {
    source.readBlocks(from, arrays, length);
  }

  /** Memory that it takes. */
  long sizeInBytes() {
    return (long) arrays.length * BlockCache.BLOCK_BYTES;
  }

  /** Copies bytes {@code [start, end)} of the file. */
  void copy(long start, long end, byte[] target, int offset) {
    for (long at = start; at < end; ) {
      int block = (int) ((at - from) / BlockCache.BLOCK_BYTES);
      int inBlock = (int) ((at - from) % BlockCache.BLOCK_BYTES);
      int count = (int) Math.min(end - at, BlockCache.BLOCK_BYTES - inBlock);
      System.arraycopy(arrays[block], inBlock, target, offset + (int) (at - start), count);
      at += count;
    }
  }

  void complete() {
    boolean unused = loaded.complete(true);
  }

  void fail(Throwable failure) {
    boolean unused = loaded.completeExceptionally(failure);
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
