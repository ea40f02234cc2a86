package io.thermocline.cold.cache;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Arrays of one block each. What was let go of is used again: a replay fetches as many bytes as
 * there are, and new arrays for them cost zeroing and collections. Guarded by the cache.
 */
final class SpareBlocks {
  private final long limitBytes;

  /** Last one in, first one out: it is still in the processor's caches. */
  private final Deque<byte[]> spare = new ArrayDeque<>();

  private long usedBytes;

  /**
   * @param limitBytes as much is kept at most, what is in use counted
   */
  SpareBlocks(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** What is in use. */
  long usedBytes() {
    return usedBytes;
  }

  byte[][] take(int count) {
    byte[][] taken = new byte[count][];
    for (int i = 0; i < count; i++) {
      byte[] array = spare.poll();
      taken[i] = array == null ? new byte[BlockCache.BLOCK_BYTES] : array;
    }
    usedBytes += (long) count * BlockCache.BLOCK_BYTES;
    return taken;
  }

  /** Takes arrays back that nobody reads or fills any more. */
  void giveBack(byte[][] arrays) {
    for (byte[] array : arrays) {
      usedBytes -= BlockCache.BLOCK_BYTES;
      if (usedBytes + (spare.size() + 1L) * BlockCache.BLOCK_BYTES <= limitBytes) {
        spare.push(array);
      }
    }
  }
}
