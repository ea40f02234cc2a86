package io.thermocline.hot.segment;

import io.thermocline.model.OffsetRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Lists of damaged ranges: in offset order, neither overlapping nor touching. */
public final class LostRanges {
  private LostRanges() {}

  /** The offsets of {@code known} and of {@code more}. */
  public static List<OffsetRange> with(List<OffsetRange> known, List<OffsetRange> more) {
    List<OffsetRange> all = new ArrayList<>(known);
    all.addAll(more);
    all.sort(Comparator.comparingLong(OffsetRange::from));
    List<OffsetRange> merged = new ArrayList<>();
    for (OffsetRange range : all) {
      add(merged, range);
    }
    return List.copyOf(merged);
  }

  /** Puts {@code range}, which begins at or after the last of them, at the end. */
  public static void add(List<OffsetRange> ranges, OffsetRange range) {
    if (range.isEmpty()) {
      return;
    }
    int last = ranges.size() - 1;
    if (last >= 0 && range.from() <= ranges.get(last).to()) {
      OffsetRange before = ranges.remove(last);
      ranges.add(new OffsetRange(before.from(), Math.max(before.to(), range.to())));
    } else {
      ranges.add(range);
    }
  }

  /** The offsets of {@code ranges} that are not in {@code known}. */
  public static List<OffsetRange> without(List<OffsetRange> known, List<OffsetRange> ranges) {
    List<OffsetRange> rest = new ArrayList<>();
    for (OffsetRange range : ranges) {
      long from = range.from();
      for (OffsetRange each : known) {
        OffsetRange both = range.intersect(each);
        if (!both.isEmpty()) {
          add(rest, new OffsetRange(from, both.from()));
          from = both.to();
        }
      }
      add(rest, new OffsetRange(from, range.to()));
    }
    return List.copyOf(rest);
  }

  /** Whether one of {@code ranges} has an offset in common with {@code range}. */
  public static boolean touch(List<OffsetRange> ranges, OffsetRange range) {
    for (OffsetRange known : ranges) {
      if (!known.intersect(range).isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
