package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DiskReserveTest {
  private static final long MIB = 1 << 20;

  @Test
  void theAutomaticReserveHoldsTwiceTheLargestFileWhereATenthOfTheDiskDoes() {
    long gib = 1L << 30;
    assertThat(DiskReserve.automatic(1000 * gib, 0)).isEqualTo(2 * gib);
    assertThat(DiskReserve.automatic(1000 * gib, 256 * MIB)).isEqualTo(2 * gib);
    assertThat(DiskReserve.automatic(1000 * gib, 4 * gib)).isEqualTo(8 * gib);
    assertThat(DiskReserve.automatic(50 * gib, 4 * gib)).isEqualTo(5 * gib);
    assertThat(DiskReserve.automatic(10 * gib, 256 * MIB)).isEqualTo(gib);
  }

  @Test
  void aReserveHoldsTwiceTheLargestFile() {
    assertThat(DiskReserve.problem(512 * MIB, 256 * MIB)).isEmpty();
    assertThat(DiskReserve.problem(0, 0)).isEmpty();
    assertThat(DiskReserve.problem(512 * MIB - 1, 256 * MIB)).isPresent();
    assertThat(DiskReserve.problem(MIB, 256 * MIB).orElseThrow())
        .contains("storage.minFree is 1.0 MiB", "less than 512 MiB", "targetFileBytes");
  }
}
