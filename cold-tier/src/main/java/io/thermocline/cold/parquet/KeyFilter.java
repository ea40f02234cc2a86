package io.thermocline.cold.parquet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.column.values.bloomfilter.XxHash;

/**
 * Gathers the keys of a row group as hashes, each once, so that the Bloom filter can be made as
 * large as it has to be and no larger.
 */
final class KeyFilter {
  private static final double FALSE_POSITIVES = 0.01;
  private static final int MAX_FILTER_BYTES = 256 * 1024;
  private static final int FIRST_SLOTS = 1024;

  private final XxHash hash = new XxHash();

  /** Open addressing, 0 is a free slot, at most half full; a hash of 0 is noted beside it. */
  private long[] slots = new long[FIRST_SLOTS];

  private int count;
  private boolean zero;

  void add(byte[] source, int start, int length) {
    long key = hash.hashByteBuffer(ByteBuffer.wrap(source, start, length));
    if (key == 0) {
      zero = true;
    } else if (insert(slots, key) && ++count > slots.length / 2) {
      grow();
    }
  }

  private static boolean insert(long[] slots, long key) {
    int mask = slots.length - 1;
    int at = (int) (key >>> Integer.SIZE) & mask;
    while (slots[at] != 0) {
      if (slots[at] == key) {
        return false;
      }
      at = (at + 1) & mask;
    }
    slots[at] = key;
    return true;
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (long key : slots) {
      if (key != 0) {
        insert(larger, key);
      }
    }
    slots = larger;
  }

  boolean isEmpty() {
    return count == 0 && !zero;
  }

  /** The filter of all keys so far, which are forgotten. */
  BloomFilter drain() {
    int bits = BlockSplitBloomFilter.optimalNumOfBits(Math.max(1, count), FALSE_POSITIVES);
    BloomFilter filter =
        new BlockSplitBloomFilter(Math.min(bits / Byte.SIZE, MAX_FILTER_BYTES), MAX_FILTER_BYTES);
    for (long key : slots) {
      if (key != 0) {
        filter.insertHash(key);
      }
    }
    if (zero) {
      filter.insertHash(0);
    }
    Arrays.fill(slots, 0);
    count = 0;
    zero = false;
    return filter;
  }
}
