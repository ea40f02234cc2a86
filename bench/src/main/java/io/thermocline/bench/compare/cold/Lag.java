package io.thermocline.bench.compare.cold;

import java.util.ArrayList;
import java.util.List;

/** How much is not tiered yet, looked at again and again in even steps. */
final class Lag {
  /** What a lag may grow by and be called flat: a tenth of it, and a file. */
  private static final double GROWTH = 1.1;

  private final long fileRecords;
  private final List<Long> records = new ArrayList<>();

  /**
   * @param fileRecords what is tiered at a time: it goes up and down by that
   */
  Lag(long fileRecords) {
    this.fileRecords = fileRecords;
  }

  void add(long untiered) {
    records.add(untiered);
  }

  /** Whether the last third of the time was no higher than the third before it. */
  boolean isFlat() {
    int third = records.size() / 3;
    return third > 0
        && most(2 * third, records.size()) <= GROWTH * most(third, 2 * third) + fileRecords;
  }

  private long most(int from, int to) {
    return records.subList(from, to).stream().mapToLong(one -> one).max().orElseThrow();
  }
}
