package io.thermocline.cold.foreign;

import io.thermocline.model.OffsetRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which offsets a file has rows of.
 *
 * @param ranges of offsets one after the other, sorted; they neither overlap nor touch
 * @param rows number of rows
 * @param ascending whether the rows lie in offset order
 * @param repeated an offset that more than one row has
 */
public record OffsetRuns(
    List<OffsetRange> ranges, long rows, boolean ascending, Optional<Long> repeated) {
  public OffsetRuns {
    ranges = List.copyOf(ranges);
  }

  /** Gathers offsets in the order in which they lie in a file. */
  static final class Gathering {
    private final int most;
    private final List<OffsetRange> runs = new ArrayList<>();
    private long from = -1;
    private long to = -1;
    private long rows;
    private boolean ascending = true;

    /**
     * @param most runs that are kept
     */
    Gathering(int most) {
      this.most = most;
    }

    /** Adds the next row's offset. Returns false when there are too many runs. */
    boolean add(long offset) {
      rows++;
      if (from >= 0 && offset == to) {
        to++;
        return true;
      }
      ascending &= offset > to || from < 0;
      endRun();
      from = offset;
      to = offset + 1;
      return runs.size() < most;
    }

    private void endRun() {
      if (from >= 0) {
        runs.add(new OffsetRange(from, to));
      }
    }

    OffsetRuns done() {
      endRun();
      runs.sort(Comparator.comparingLong(OffsetRange::from));
      Optional<Long> repeated = Optional.empty();
      List<OffsetRange> merged = new ArrayList<>();
      for (OffsetRange run : runs) {
        OffsetRange last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
        if (last != null && run.from() < last.to()) {
          repeated = Optional.of(run.from());
        }
        if (last != null && run.from() <= last.to()) {
          merged.set(
              merged.size() - 1, new OffsetRange(last.from(), Math.max(last.to(), run.to())));
        } else {
          merged.add(run);
        }
      }
      return new OffsetRuns(merged, rows, ascending, repeated);
    }
  }
}
