package io.thermocline.tiering;

import io.thermocline.model.ColdFile;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * One map of a partition's readable offsets over both tiers, oldest first: an offset that lies in
 * both counts once, as it lies in the cold tier.
 */
final class Timeline {

  /**
   * A run that goes as a whole.
   *
   * @param range clipped to what this tier counts for
   * @param bytes its share
   * @param appended time of its last batch that can be believed, Unix milliseconds
   * @param closed whether it may go: all but what is still being written
   */
  record Run(OffsetRange range, long bytes, long appended, boolean closed) {}

  private Timeline() {}

  static List<Run> of(PartitionView view, long created, long now) {
    List<Run> runs = new ArrayList<>();
    OffsetRange cold = new OffsetRange(view.logStart(), view.untieredFrom());
    for (ColdFile file : view.cold().files()) {
      add(runs, file.span(), cold, true);
    }
    OffsetRange hot =
        new OffsetRange(view.untieredFrom(), Math.max(view.untieredFrom(), view.hot().stableEnd()));
    for (Span span : view.spans()) {
      add(runs, span, hot, span.sealed() && span.range().to() <= view.hot().stableEnd());
    }
    long[] times =
        AppendTimes.believable(runs.stream().mapToLong(Run::appended).toArray(), created, now);
    for (int i = 0; i < times.length; i++) {
      Run run = runs.get(i);
      runs.set(i, new Run(run.range(), run.bytes(), times[i], run.closed()));
    }
    return runs;
  }

  private static void add(List<Run> runs, Span span, OffsetRange within, boolean closed) {
    OffsetRange range = span.range().intersect(within);
    if (!range.isEmpty()) {
      runs.add(new Run(range, share(span, range), AppendTimes.last(span), closed));
    }
  }

  /** The part of the span's bytes that falls on {@code range}. */
  static long share(Span span, OffsetRange range) {
    if (span.range().equals(range)) {
      return span.bytes();
    }
    return (long) ((double) span.bytes() * range.span() / span.range().span());
  }
}
