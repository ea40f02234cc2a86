package io.thermocline.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What the records of a data file come to, run by run of its offsets, so that two readers of the
 * file can be compared. How a record is summed up stands in {@code docs/formats.md}.
 *
 * @param range the file's offsets
 * @param runs of {@link #step} offsets each, in offset order; the last one may be shorter
 */
public record ContentSums(OffsetRange range, List<Run> runs) {
  private static final int MAX_RUNS = 256;

  /**
   * The records of one run of offsets.
   *
   * @param records how many they are
   * @param sum of what each of them comes to, modulo 2^64, in any order
   */
  public record Run(long records, long sum) {}

  public ContentSums {
    runs = List.copyOf(runs);
    if (runs.size() != runs(range)) {
      throw new IllegalArgumentException(runs.size() + " runs of " + range);
    }
  }

  /** How many offsets each run of a file with these offsets has; a file has at most 256 runs. */
  public static long step(OffsetRange range) {
    return Math.max(1, (range.span() + MAX_RUNS - 1) / MAX_RUNS);
  }

  /** How many runs a file with these offsets has: one even when there are none. */
  public static int runs(OffsetRange range) {
    long step = step(range);
    return (int) Math.max(1, (range.span() + step - 1) / step);
  }

  /** The run of an offset; that of the nearest one when it lies outside the range. */
  public static int runOf(OffsetRange range, long offset) {
    long inside = Math.min(Math.max(offset, range.from()), Math.max(range.from(), range.to() - 1));
    return (int) ((inside - range.from()) / step(range));
  }

  /** Records of all runs. */
  public long records() {
    return runs.stream().mapToLong(Run::records).sum();
  }

  /**
   * The offsets of the runs in which the two differ, neighbors joined; empty when they are equal.
   *
   * @param other of the same range
   */
  public List<OffsetRange> differences(ContentSums other) {
    if (!other.range().equals(range)) {
      return List.of(range);
    }
    List<OffsetRange> different = new ArrayList<>();
    long step = step(range);
    for (int i = 0; i < runs.size(); i++) {
      if (runs.get(i).equals(other.runs().get(i))) {
        continue;
      }
      long from = range.from() + i * step;
      long to = Math.min(range.to(), from + step);
      int last = different.size() - 1;
      if (last >= 0 && different.get(last).to() == from) {
        different.set(last, new OffsetRange(different.get(last).from(), to));
      } else {
        different.add(new OffsetRange(from, to));
      }
    }
    return List.copyOf(different);
  }
}
