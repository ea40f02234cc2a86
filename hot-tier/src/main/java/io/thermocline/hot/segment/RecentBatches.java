package io.thermocline.hot.segment;

/**
 * Where the last batches of a segment begin: whoever follows its end reads just what is new.
 * Guarded by its {@link SegmentIndex}.
 */
final class RecentBatches {
  /** What one producer may have on its way. */
  private static final int COUNT = 64;

  /** Rings; empty as long as nothing is added, which is true of most segments. */
  private long[] offsets = {};

  private long[] positions = {};

  /** Batches that were ever added. */
  private long added;

  /** Takes in a batch; they come in order. */
  void add(long offset, long position) {
    if (added == 0) {
      offsets = new long[COUNT];
      positions = new long[COUNT];
    }
    int slot = slot(added++);
    offsets[slot] = offset;
    positions[slot] = position;
  }

  /**
   * The position of the last batch that begins at or below {@code offset}.
   *
   * @return -1 when it is none of the last
   */
  long positionFor(long offset) {
    long oldest = Math.max(0, added - COUNT);
    for (long batch = added - 1; batch >= oldest; batch--) {
      if (offsets[slot(batch)] <= offset) {
        return positions[slot(batch)];
      }
    }
    return -1;
  }

  private static int slot(long batch) {
    return (int) (batch % COUNT);
  }
}
