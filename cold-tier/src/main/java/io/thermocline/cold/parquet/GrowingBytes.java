package io.thermocline.cold.parquet;

import java.io.OutputStream;
import java.util.Arrays;

/** Bytes in one array that grows; the array is there to be read without a copy. */
final class GrowingBytes extends OutputStream {
  private byte[] array;
  private int size;

  GrowingBytes(int capacity) {
    array = new byte[capacity];
  }

  byte[] array() {
    return array;
  }

  int size() {
    return size;
  }

  /** Forgets the content, and memory past {@code capacity}: what one large record took. */
  void reset(int capacity) {
    size = 0;
    if (array.length > capacity) {
      array = new byte[capacity];
    }
  }

  @Override
  public void write(int b) {
    ensure(1);
    array[size++] = (byte) b;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, array, size, length);
    size += length;
  }

  void putIntLittleEndian(int value) {
    ensure(Integer.BYTES);
    LittleEndian.putInt(array, size, value);
    size += Integer.BYTES;
  }

  private void ensure(int more) {
    int needed = Math.addExact(size, more);
    if (needed > array.length) {
      long doubled = Math.min(2L * array.length, Integer.MAX_VALUE - 8);
      array = Arrays.copyOf(array, (int) Math.max(needed, doubled));
    }
  }
}
