package io.thermocline.cold.cache;

import java.time.Duration;
import java.util.Objects;

/**
 * The bounds of a {@link BlockCache}.
 *
 * @param bytes memory for blocks, those on their way included. Read-ahead stays below it; a read
 *     that somebody waits for may pass it by what it needs
 * @param requestBytes the most that one request asks for, when reading goes on
 * @param mergeGapBytes two ranges are fetched as one if no more lies between them
 * @param patience how long a reader waits for a fetch; the fetch itself goes on
 */
public record BlockLimits(long bytes, int requestBytes, int mergeGapBytes, Duration patience) {
  public BlockLimits {
    Objects.requireNonNull(patience, "patience");
    if (bytes < 0 || requestBytes < BlockCache.BLOCK_BYTES || mergeGapBytes < 0) {
      throw new IllegalArgumentException(
          "Not limits: bytes %d, request %d, gap %d".formatted(bytes, requestBytes, mergeGapBytes));
    }
  }
}
