package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DiskReserveTest {
  private static final long MIB = 1 << 20;

  @Test
  void aReserveHoldsTwiceTheLargestFile() {
    assertThat(DiskReserve.problem(512 * MIB, 256 * MIB)).isEmpty();
    assertThat(DiskReserve.problem(0, 0)).isEmpty();
    assertThat(DiskReserve.problem(512 * MIB - 1, 256 * MIB)).isPresent();
    assertThat(DiskReserve.problem(MIB, 256 * MIB).orElseThrow())
        .contains("storage.minFree is 1.0 MiB", "less than 512 MiB", "targetFileBytes");
  }
}
