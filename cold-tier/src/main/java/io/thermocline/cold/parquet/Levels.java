package io.thermocline.cold.parquet;

import java.util.Arrays;

/** Repetition and definition levels: Parquet's hybrid of run lengths and bit packing. */
final class Levels {
  private Levels() {}

  /**
   * Decodes {@code count} levels of {@code bitWidth} 1 or 2 into {@code target}.
   *
   * @throws IllegalArgumentException when there are not as many
   */
  static void decode(byte[] source, int start, int end, int bitWidth, byte[] target, int count) {
    int at = start;
    int done = 0;
    while (done < count) {
      int header = 0;
      int shift = 0;
      int next;
      do {
        next = byteAt(source, at++, end);
        header |= (next & 0x7F) << shift;
        shift += 7;
      } while (next > 0x7F && shift < Integer.SIZE);
      int left = count - done;
      if ((header & 1) == 0) {
        byte level = (byte) byteAt(source, at++, end);
        int run = Math.min(left, header >>> 1);
        if (run == 0) {
          throw new IllegalArgumentException("a run of no levels");
        }
        Arrays.fill(target, done, done + run, level);
        done += run;
      } else {
        int packed = (int) Math.min(left, (header >>> 1) * 8L);
        if (packed == 0) {
          throw new IllegalArgumentException("a run of no levels");
        }
        unpack(source, at, end, bitWidth, target, done, packed);
        at += (header >>> 1) * bitWidth;
        done += packed;
      }
    }
  }

  private static void unpack(
      byte[] source, int start, int end, int bitWidth, byte[] target, int first, int count) {
    int mask = (1 << bitWidth) - 1;
    for (int i = 0; i < count; i++) {
      int bit = i * bitWidth;
      int level = (byteAt(source, start + (bit >> 3), end) >>> (bit & 7)) & mask;
      target[first + i] = (byte) level;
    }
  }

  private static int byteAt(byte[] source, int at, int end) {
    if (at >= end) {
      throw new IllegalArgumentException("levels are cut short");
    }
    return source[at] & 0xFF;
  }
}
