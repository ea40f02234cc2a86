package io.thermocline.hot.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.OffsetRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LostRangesTest {
  @Test
  void rangesAreAddedAndTakenAwayAsSetsOfOffsets() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      List<OffsetRange> known = LostRanges.with(List.of(), some(random));
      List<OffsetRange> more = LostRanges.with(List.of(), some(random));
      BitSet both = offsets(known);
      both.or(offsets(more));
      BitSet rest = offsets(more);
      rest.andNot(offsets(known));

      List<OffsetRange> added = LostRanges.with(known, more);
      List<OffsetRange> left = LostRanges.without(known, more);

      assertThat(offsets(added)).as("%s with %s", known, more).isEqualTo(both);
      assertThat(added).isEqualTo(ranges(both));
      assertThat(offsets(left)).as("%s without %s", more, known).isEqualTo(rest);
      assertThat(left).isEqualTo(ranges(rest));
      for (OffsetRange range : more) {
        assertThat(LostRanges.touch(known, range))
            .isEqualTo(offsets(known).intersects(offsets(List.of(range))));
      }
    }
  }

  private static List<OffsetRange> some(Random random) {
    List<OffsetRange> ranges = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      long from = random.nextInt(30);
      ranges.add(new OffsetRange(from, from + random.nextInt(8)));
    }
    return ranges;
  }

  private static BitSet offsets(List<OffsetRange> ranges) {
    BitSet offsets = new BitSet();
    for (OffsetRange range : ranges) {
      offsets.set((int) range.from(), (int) range.to());
    }
    return offsets;
  }

  private static List<OffsetRange> ranges(BitSet offsets) {
    List<OffsetRange> ranges = new ArrayList<>();
    for (int from = offsets.nextSetBit(0); from >= 0; ) {
      int to = offsets.nextClearBit(from);
      ranges.add(new OffsetRange(from, to));
      from = offsets.nextSetBit(to);
    }
    return ranges;
  }
}
