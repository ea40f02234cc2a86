package io.thermocline.hot.read;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.model.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Memory for large reads, used again once all batches cut out of it were given back: a replay reads
 * as many bytes as it sends, and new arrays of that size cost zeroing and collections.
 *
 * <p>A chunk belongs to the read that took it, then to the batches that were cut out of it. Some
 * are never given back; what is known of those is forgotten after a while, and they are collected
 * like any other array. Thread-safe.
 */
final class SpareChunks {
  /** Smaller ones cost little, and there are many. */
  private static final int LEAST_BYTES = 512 << 10;

  private static final int MOST_BYTES = 2 << 20;

  /** What waits to be used, and what is out and known of, at most each. */
  private static final int MOST_CHUNKS = 16;

  /** Last one in, first one out: it is still in the processor's caches. Guarded by this. */
  private final Deque<byte[]> spare = new ArrayDeque<>();

  /** Chunks that are out, longest out first. Guarded by this. */
  private final Deque<Lent> lent = new ArrayDeque<>();

  /** A chunk, and how many of its batches are not given back. */
  private static final class Lent {
    private final byte[] chunk;
    private int batches;

    Lent(byte[] chunk, int batches) {
      this.chunk = chunk;
      this.batches = batches;
    }
  }

  /** A chunk with room for {@code size} bytes and a limit there; what it holds has no meaning. */
  ByteBuffer take(int size) {
    byte[] chunk = size < LEAST_BYTES || size > MOST_BYTES ? null : takeSpare(size);
    return chunk == null ? ByteBuffer.allocate(size) : ByteBuffer.wrap(chunk, 0, size);
  }

  private synchronized byte[] takeSpare(int size) {
    for (Iterator<byte[]> each = spare.iterator(); each.hasNext(); ) {
      byte[] chunk = each.next();
      if (chunk.length >= size) {
        each.remove();
        return chunk;
      }
    }
    return null;
  }

  /** All that was read, batch by batch, lies in chunks taken before, and is the reader's now. */
  synchronized void lend(List<RecordBatch> batches) {
    Lent last = null;
    for (RecordBatch batch : batches) {
      byte[] chunk = chunkOf(batch);
      if (chunk == null) {
        continue;
      }
      if (last == null || last.chunk != chunk) {
        last = new Lent(chunk, 0);
        lent.add(last);
      }
      last.batches++;
    }
    while (lent.size() > MOST_CHUNKS) {
      lent.remove();
    }
  }

  /** Takes batches back. Nobody reads their payloads any more. */
  synchronized void giveBack(List<RecordBatch> batches) {
    for (RecordBatch batch : batches) {
      byte[] chunk = chunkOf(batch);
      if (chunk != null) {
        giveBack(chunk);
      }
    }
  }

  /** What a batch may have been cut out of, behind its header; null when it can't be. */
  private static byte[] chunkOf(RecordBatch batch) {
    ByteBuffer payload = batch.content().payload();
    if (!payload.hasArray() || payload.arrayOffset() < BatchHeader.BYTES) {
      return null;
    }
    byte[] array = payload.array();
    return array.length < LEAST_BYTES || array.length > MOST_BYTES ? null : array;
  }

  private void giveBack(byte[] chunk) {
    for (Iterator<Lent> each = lent.iterator(); each.hasNext(); ) {
      Lent out = each.next();
      if (out.chunk == chunk) {
        if (--out.batches == 0) {
          each.remove();
          keep(chunk);
        }
        return;
      }
    }
  }

  private void keep(byte[] chunk) {
    if (spare.size() < MOST_CHUNKS) {
      spare.push(chunk);
    }
  }

  /** The arrays that wait to be used. */
  synchronized List<byte[]> waiting() {
    return new ArrayList<>(spare);
  }
}
