package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PartitionStateTest {
  @Test
  void offsetsInTheirOrderAreAState() {
    assertThat(state(0, 0, 0, 0).end()).isZero();
    assertThat(state(1, 2, 3, 4).end()).isEqualTo(4);
    assertThat(state(5, 5, 5, 5).hotStart()).isEqualTo(5);
  }

  @Test
  void offsetsOutOfOrderAreNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> state(-1, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> state(2, 1, 3, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> state(0, 3, 2, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> state(0, 1, 4, 3));
  }

  private static PartitionState state(long logStart, long hotStart, long stableEnd, long end) {
    return new PartitionState(0, logStart, hotStart, stableEnd, end, 0, 0);
  }
}
