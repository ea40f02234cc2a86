package io.thermocline.tiering;

import io.thermocline.model.Span;
import java.util.Arrays;

/**
 * Which append times can be believed. The broker's clock may have been wrong for a while: then some
 * records carry times in the future, from before the topic was there, or out of order with their
 * neighbors. Deleting by those would delete because of a jump of the clock, so a time that can't be
 * right is replaced by the first later one that can, and by now where there is none: a record is at
 * least as old as those after it, and may only be taken for younger than it is.
 */
final class AppendTimes {
  private AppendTimes() {}

  /** When its last record was appended; never, when it was written over a step of the clock. */
  static long last(Span span) {
    return span.lastAppendTimeMillis() < span.firstAppendTimeMillis()
        ? Long.MAX_VALUE
        : span.lastAppendTimeMillis();
  }

  /**
   * Replaces the times that can't be right.
   *
   * @param times of consecutive runs of records, in offset order
   * @param created when the topic was created, on the same clock
   * @param now the time deleting goes by
   * @return for each run a time that is at or after the true one as far as can be told; ascending
   */
  static long[] believable(long[] times, long created, long now) {
    long earliest = created <= now ? created : Long.MIN_VALUE;
    boolean[] inOrder = new boolean[times.length];
    long newest = earliest;
    for (int i = 0; i < times.length; i++) {
      inOrder[i] = times[i] >= newest && times[i] <= now;
      newest = inOrder[i] ? times[i] : newest;
    }
    long[] believable = Arrays.copyOf(times, times.length);
    long next = now;
    for (int i = times.length - 1; i >= 0; i--) {
      next = inOrder[i] ? times[i] : next;
      believable[i] = next;
    }
    return believable;
  }
}
