package io.thermocline.cold.parquet;

import io.thermocline.model.Compression;
import java.util.Objects;

/**
 * How data files are read.
 *
 * @param windowBytes what one request asks for when much is read on end; less at first after a
 *     seek, up to twice as much where columns lie side by side
 * @param mergeGapBytes two ranges are read as one if no more lies between them
 * @param batchBytes payload at which a batch ends, before compression; a larger record has its own
 * @param batchCompression of the batches handed out
 */
public record ReadSettings(
    int windowBytes, int mergeGapBytes, int batchBytes, Compression batchCompression) {
  public ReadSettings {
    Objects.requireNonNull(batchCompression, "batchCompression");
    if (windowBytes <= 0 || mergeGapBytes < 0 || batchBytes <= 0) {
      throw new IllegalArgumentException(
          "Not sizes: window %d, gap %d, batch %d"
              .formatted(windowBytes, mergeGapBytes, batchBytes));
    }
  }

  /**
   * Windows of 1 MiB, which suits a source that fetches ahead, gaps of 256 KiB, batches of 1 MiB
   * that are not compressed: lz4 takes more than half of the time that all the rest takes, and the
   * reader of a batch pays again.
   */
  public static ReadSettings defaults() {
    return new ReadSettings(1 << 20, 256 << 10, 1 << 20, Compression.NONE);
  }
}
