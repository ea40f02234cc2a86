package io.thermocline.server;

import io.thermocline.model.Units;
import java.util.Optional;

/**
 * How much of the disk is kept free, so that there is room for what tiering writes to free more.
 */
final class DiskReserve {
  private static final long LEAST_BYTES = 2L << 30;
  private static final int FRACTION = 10;

  private DiskReserve() {}

  /**
   * What is kept free unless it is configured: room for two of the largest files, 2 GiB at least,
   * but never more than a tenth of the disk, as a small disk has to take something too.
   *
   * @param diskBytes of the whole disk
   * @param largestFileBytes of the data files that policies have made; 0 when nothing is tiered
   */
  static long automatic(long diskBytes, long largestFileBytes) {
    return Math.min(Math.max(LEAST_BYTES, 2 * largestFileBytes), diskBytes / FRACTION);
  }

  /**
   * What is wrong with a reserve; empty when it is large enough.
   *
   * @param minFreeBytes at which produce is refused
   * @param largestFileBytes of the data files that policies have made; 0 when nothing is tiered
   */
  static Optional<String> problem(long minFreeBytes, long largestFileBytes) {
    long least = 2 * largestFileBytes;
    return minFreeBytes >= least
        ? Optional.empty()
        : Optional.of(
            ("storage.minFree is %s, less than %s, twice the largest tiering.targetFileBytes of the"
                    + " policies: on a full disk tiering may find no room for the files that would"
                    + " free it. Raise storage.minFree, or lower tiering.targetFileBytes")
                .formatted(Units.roundedBytes(minFreeBytes), Units.roundedBytes(least)));
  }
}
