package io.thermocline.cold.table;

import io.thermocline.model.OffsetRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Sets of offsets as sorted lists of ranges that neither overlap nor touch. */
final class Ranges {
  private Ranges() {}

  /** All offsets of {@code ranges}. */
  static List<OffsetRange> union(Collection<OffsetRange> ranges) {
    List<OffsetRange> sorted = new ArrayList<>(ranges);
    sorted.removeIf(OffsetRange::isEmpty);
    sorted.sort(Comparator.comparingLong(OffsetRange::from));
    List<OffsetRange> merged = new ArrayList<>();
    for (OffsetRange range : sorted) {
      OffsetRange last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && range.from() <= last.to()) {
        merged.set(
            merged.size() - 1, new OffsetRange(last.from(), Math.max(last.to(), range.to())));
      } else {
        merged.add(range);
      }
    }
    return List.copyOf(merged);
  }

  /** The offsets of {@code whole} that are in none of {@code covered}. */
  static List<OffsetRange> uncovered(OffsetRange whole, Collection<OffsetRange> covered) {
    List<OffsetRange> left = new ArrayList<>();
    long reached = whole.from();
    for (OffsetRange range : union(covered)) {
      if (range.from() > reached && reached < whole.to()) {
        left.add(new OffsetRange(reached, Math.min(range.from(), whole.to())));
      }
      reached = Math.max(reached, range.to());
    }
    if (reached < whole.to()) {
      left.add(new OffsetRange(reached, whole.to()));
    }
    return List.copyOf(left);
  }

  /** The offsets of {@code ranges} at or after {@code from}. */
  static List<OffsetRange> from(long from, Collection<OffsetRange> ranges) {
    return within(new OffsetRange(from, Long.MAX_VALUE), ranges);
  }

  /** The offsets of {@code ranges} that lie in {@code window}. */
  static List<OffsetRange> within(OffsetRange window, Collection<OffsetRange> ranges) {
    return union(ranges.stream().map(range -> range.intersect(window)).toList());
  }
}
