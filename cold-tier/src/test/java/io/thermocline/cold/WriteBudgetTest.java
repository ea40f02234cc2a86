package io.thermocline.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WriteBudgetTest {
  private static final long MIB = 1 << 20;

  @Test
  void memoryIsSharedByAsManyFilesAsFitInIt() {
    assertThat(WriteBudget.defaults().files()).isEqualTo(2);
    assertThat(new WriteBudget(48 * MIB, 1).files()).isEqualTo(1);
    assertThat(new WriteBudget(480 * MIB, 1).files()).isEqualTo(10);
    assertThat(new WriteBudget(480 * MIB, 1).rowGroupBytes()).isEqualTo(32 * MIB);
  }

  @Test
  void whereNotEvenOneFitsItsRowGroupsAreSmaller() {
    WriteBudget least = new WriteBudget(WriteBudget.LEAST_MEMORY_BYTES, 1);
    assertThat(least.files()).isEqualTo(1);
    assertThat(least.rowGroupBytes()).isEqualTo(4 * MIB);
    assertThatThrownBy(() -> new WriteBudget(WriteBudget.LEAST_MEMORY_BYTES - 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WriteBudget(64 * MIB, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
