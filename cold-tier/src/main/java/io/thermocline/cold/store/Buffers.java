package io.thermocline.cold.store;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Buffers that are filled one after the other. */
final class Buffers {
  private final ByteBuffer[] all;
  private final int[] starts;

  /** As they are now. */
  Buffers(ByteBuffer... all) {
    this.all = all;
    this.starts = Arrays.stream(all).mapToInt(ByteBuffer::position).toArray();
  }

  /** For how many bytes there is room. */
  static int remaining(ByteBuffer... buffers) {
    return Arrays.stream(buffers).mapToInt(ByteBuffer::remaining).reduce(0, Math::addExact);
  }

  /** How many bytes came since this was made. */
  int filled() {
    int filled = 0;
    for (int i = 0; i < all.length; i++) {
      filled += all[i].position() - starts[i];
    }
    return filled;
  }

  /** Makes them what they were. */
  void reset() {
    for (int i = 0; i < all.length; i++) {
      ByteBuffer unused = all[i].position(starts[i]);
    }
  }
}
