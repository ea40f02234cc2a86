package io.thermocline.codec;

/**
 * What a batch may weigh.
 *
 * @param maxBatchBytes payload as it is sent and stored
 * @param maxUncompressedBytes payload once it is decompressed
 * @param maxRecordBytes one record, its fields included
 */
public record BatchLimits(int maxBatchBytes, int maxUncompressedBytes, int maxRecordBytes) {
  private static final int MIB = 1 << 20;

  public BatchLimits {
    if (maxBatchBytes <= 0 || maxUncompressedBytes <= 0 || maxRecordBytes <= 0) {
      throw new IllegalArgumentException(
          "Not limits: %d, %d, %d".formatted(maxBatchBytes, maxUncompressedBytes, maxRecordBytes));
    }
  }

  /** 32 MiB for a batch, compressed or not, and 20 MiB for a record. */
  public static BatchLimits defaults() {
    return new BatchLimits(32 * MIB, 32 * MIB, 20 * MIB);
  }
}
