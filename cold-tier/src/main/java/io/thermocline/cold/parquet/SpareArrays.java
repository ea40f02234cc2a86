package io.thermocline.cold.parquet;

import io.thermocline.codec.PayloadArrays;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Arrays for the payloads of batches, used again once the batch is sent: a replay makes as many
 * bytes of payload as it reads, and new arrays of that size cost zeroing and collections.
 *
 * <p>An array belongs to the builder that took it, then to the batch that was built in it, and is
 * here again only when whoever has that batch gives it up. One that is never given back is
 * collected like any other. Thread-safe.
 */
public final class SpareArrays implements PayloadArrays {
  private final int length;
  private final int most;

  /** Last one in, first one out: it is still in the processor's caches. Guarded by this. */
  private final Deque<byte[]> spare = new ArrayDeque<>();

  /**
   * @param length of each array
   * @param most that wait to be used
   */
  public SpareArrays(int length, int most) {
    this.length = length;
    this.most = most;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public byte[] take() {
    synchronized (this) {
      byte[] array = spare.poll();
      if (array != null) {
        return array;
      }
    }
    return new byte[length];
  }

  /**
   * Takes back what a payload lies in, if it is one of these. Nobody reads the payload any more.
   */
  public void giveBack(ByteBuffer payload) {
    if (!payload.hasArray() || payload.arrayOffset() != 0) {
      return;
    }
    byte[] array = payload.array();
    if (array.length != length) {
      return;
    }
    synchronized (this) {
      if (spare.stream().anyMatch(other -> other == array)) {
        throw new IllegalStateException("A payload was given back twice");
      }
      if (spare.size() < most) {
        spare.push(array);
      }
    }
  }
}
