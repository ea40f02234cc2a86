package io.thermocline.server;

import io.thermocline.model.Units;
import java.util.Optional;

/** Whether the disk that is kept free is enough for what tiering writes to free more. */
final class DiskReserve {
  private DiskReserve() {}

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
