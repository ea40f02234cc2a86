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

  /** The offsets of {@code ranges} that are in none of {@code others}. Both are sets. */
  static List<OffsetRange> minus(List<OffsetRange> ranges, List<OffsetRange> others) {
    List<OffsetRange> left = new ArrayList<>();
    int next = 0;
    for (OffsetRange range : ranges) {
      while (next < others.size() && others.get(next).to() <= range.from()) {
        next++;
      }
      long reached = range.from();
      for (int i = next; i < others.size() && others.get(i).from() < range.to(); i++) {
        if (others.get(i).from() > reached) {
          left.add(new OffsetRange(reached, others.get(i).from()));
        }
        reached = Math.max(reached, others.get(i).to());
      }
      if (reached < range.to()) {
        left.add(new OffsetRange(reached, range.to()));
      }
    }
    return List.copyOf(left);
  }

  /** The offsets in both. Both are sets. */
  static List<OffsetRange> common(List<OffsetRange> ranges, List<OffsetRange> others) {
    return minus(ranges, minus(ranges, others));
  }

  /** How many offsets a set has. */
  static long count(List<OffsetRange> ranges) {
    return ranges.stream().mapToLong(OffsetRange::span).sum();
  }
}
