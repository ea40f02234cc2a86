package io.thermocline.cold.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** Puts blocks that are missing together, so that few requests bring them. */
final class Runs {
  private Runs() {}

  /** Blocks {@code [from, to)}. */
  record Run(long from, long to) {
    long length() {
      return to - from;
    }
  }

  /**
   * Runs that have all of {@code missing}.
   *
   * @param gap runs with no more blocks between them are one
   * @param most runs there may be: beyond it those with the least between them are joined
   */
  static List<Run> of(SortedSet<Long> missing, long gap, int most) {
    List<Run> runs = new ArrayList<>();
    for (long block : missing) {
      Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && block - last.to <= gap) {
        runs.set(runs.size() - 1, new Run(last.from, block + 1));
      } else {
        runs.add(new Run(block, block + 1));
      }
    }
    while (runs.size() > most) {
      joinNearest(runs);
    }
    return runs;
  }

  private static void joinNearest(List<Run> runs) {
    int nearest = 1;
    for (int i = 2; i < runs.size(); i++) {
      if (gapBefore(runs, i) < gapBefore(runs, nearest)) {
        nearest = i;
      }
    }
    Run right = runs.remove(nearest);
    runs.set(nearest - 1, new Run(runs.get(nearest - 1).from, right.to));
  }

  private static long gapBefore(List<Run> runs, int index) {
    return runs.get(index).from - runs.get(index - 1).to;
  }
}
