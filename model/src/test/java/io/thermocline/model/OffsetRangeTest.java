package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class OffsetRangeTest {
  @Test
  void itIsHalfOpen() {
    OffsetRange range = new OffsetRange(3, 7);

    assertThat(range.contains(2)).isFalse();
    assertThat(range.contains(3)).isTrue();
    assertThat(range.contains(6)).isTrue();
    assertThat(range.contains(7)).isFalse();
    assertThat(range.span()).isEqualTo(4);
    assertThat(range).hasToString("[3, 7)");
  }

  @Test
  void fromEqualToIsEmpty() {
    OffsetRange range = new OffsetRange(5, 5);

    assertThat(range.isEmpty()).isTrue();
    assertThat(range.contains(5)).isFalse();
    assertThat(range.span()).isZero();
  }

  @Test
  void itCannotRunBackwardsOrBelowZero() {
    assertThatIllegalArgumentException().isThrownBy(() -> new OffsetRange(5, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new OffsetRange(-1, 4));
  }

  @Test
  void theIntersectionIsWhatBothHold() {
    OffsetRange range = new OffsetRange(10, 20);

    assertThat(range.intersect(new OffsetRange(0, 15))).isEqualTo(new OffsetRange(10, 15));
    assertThat(range.intersect(new OffsetRange(15, 30))).isEqualTo(new OffsetRange(15, 20));
    assertThat(range.intersect(new OffsetRange(12, 14))).isEqualTo(new OffsetRange(12, 14));
    assertThat(range.intersect(new OffsetRange(0, 30))).isEqualTo(range);
  }

  @Test
  void theIntersectionOfStrangersIsEmptyAtTheNearerEdge() {
    OffsetRange range = new OffsetRange(10, 20);

    assertThat(range.intersect(new OffsetRange(0, 5))).isEqualTo(new OffsetRange(10, 10));
    assertThat(range.intersect(new OffsetRange(0, 10))).isEqualTo(new OffsetRange(10, 10));
    assertThat(range.intersect(new OffsetRange(20, 30))).isEqualTo(new OffsetRange(20, 20));
    assertThat(range.intersect(new OffsetRange(25, 30))).isEqualTo(new OffsetRange(20, 20));
  }
}
