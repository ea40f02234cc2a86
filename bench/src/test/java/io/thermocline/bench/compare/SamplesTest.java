package io.thermocline.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void theMedianIsTheMiddleValueOrTheMeanOfTwo() {
    assertThat(Samples.median(List.of(9.0, 1.0, 4.0))).isEqualTo(4.0);
    assertThat(Samples.median(List.of(9.0, 1.0, 4.0, 6.0))).isEqualTo(5.0);
  }

  @Test
  void eachSideHasItsOwnMedian() {
    Samples samples = new Samples();
    samples.add(Map.of("a", pair(10, 1)), 300);
    samples.add(Map.of("a", pair(30, 2)), 500);
    samples.add(Map.of("a", pair(20, 9)), 400);

    assertThat(samples.medians())
        .containsExactly(new Result("a", 20, OptionalDouble.of(2), Unit.MEGABYTES_PER_SECOND, 400));
    assertThat(samples.medians().get(0).ratio()).hasValue(10);
  }

  @Test
  void unlikeFiguresAreNotCompared() {
    Figure one = new Figure("a", 1, Unit.SECONDS);
    Figure other = new Figure("b", 1, Unit.SECONDS);

    assertThatThrownBy(() -> Pair.of(one, other))
        .hasMessageContaining("a")
        .hasMessageContaining("b");
  }

  private static Pair pair(double ours, double peer) {
    return Pair.of(
        new Figure("a", ours, Unit.MEGABYTES_PER_SECOND),
        new Figure("a", peer, Unit.MEGABYTES_PER_SECOND));
  }
}
