package io.thermocline.client.producer;

/** Puts a key where Kafka's producer would: murmur2 of its bytes, modulo the partitions. */
final class KeyPartitioner {
  private static final int SEED = 0x9747b28c;
  private static final int MULTIPLIER = 0x5bd1e995;
  private static final int SHIFT = 24;

  private KeyPartitioner() {}

  static int partition(byte[] key, int partitions) {
    return (murmur2(key) & Integer.MAX_VALUE) % partitions;
  }

  /** MurmurHash 2 for 32 bits, with the seed that Kafka's clients use. */
  static int murmur2(byte[] data) {
    int hash = SEED ^ data.length;
    int at = 0;
    for (; at + Integer.BYTES <= data.length; at += Integer.BYTES) {
      int word =
          (data[at] & 0xff)
              | (data[at + 1] & 0xff) << 8
              | (data[at + 2] & 0xff) << 16
              | (data[at + 3] & 0xff) << 24;
      word *= MULTIPLIER;
      word ^= word >>> SHIFT;
      hash = hash * MULTIPLIER ^ word * MULTIPLIER;
    }
    int rest = data.length - at;
    if (rest > 0) {
      for (int i = rest - 1; i >= 0; i--) {
        hash ^= (data[at + i] & 0xff) << (8 * i);
      }
      hash *= MULTIPLIER;
    }
    hash ^= hash >>> 13;
    hash *= MULTIPLIER;
    return hash ^ hash >>> 15;
  }
}
