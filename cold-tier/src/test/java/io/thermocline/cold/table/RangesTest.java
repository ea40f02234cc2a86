package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.OffsetRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sets of offsets as ranges give what sets of single offsets give. */
final class RangesTest {
  private static final int OFFSETS = 40;

  @Test
  void whatIsInOneAndNotInAnotherIsThatOfSingleOffsets() {
    Random random = new Random(11);
    for (int round = 0; round < 500; round++) {
      BitSet some = random(random);
      BitSet others = random(random);
      BitSet minus = (BitSet) some.clone();
      minus.andNot(others);
      BitSet common = (BitSet) some.clone();
      common.and(others);

      assertThat(Ranges.minus(ranges(some), ranges(others))).isEqualTo(ranges(minus));
      assertThat(Ranges.common(ranges(some), ranges(others))).isEqualTo(ranges(common));
      assertThat(Ranges.count(ranges(common))).isEqualTo(common.cardinality());
    }
  }

  private static BitSet random(Random random) {
    BitSet set = new BitSet();
    for (int offset = 0; offset < OFFSETS; offset++) {
      set.set(offset, random.nextInt(3) > 0);
    }
    return set;
  }

  private static List<OffsetRange> ranges(BitSet set) {
    List<OffsetRange> ranges = new ArrayList<>();
    for (int from = set.nextSetBit(0); from >= 0; from = set.nextSetBit(set.nextClearBit(from))) {
      ranges.add(new OffsetRange(from, set.nextClearBit(from)));
    }
    return ranges;
  }
}
