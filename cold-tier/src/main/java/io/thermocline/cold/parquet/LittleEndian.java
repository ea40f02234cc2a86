package io.thermocline.cold.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Parquet's integers in arrays. */
final class LittleEndian {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private LittleEndian() {}

  static int getInt(byte[] array, int at) {
    return (int) INTS.get(array, at);
  }

  static void putInt(byte[] array, int at, int value) {
    INTS.set(array, at, value);
  }
}
