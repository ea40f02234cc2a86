package io.thermocline.cold.parquet;

import java.util.List;

/** Finds rows by offset. */
final class RowSearch {
  private RowSearch() {}

  /**
   * The first row of {@code group} with an offset at or after {@code from}; there is one. Where a
   * page has no gaps it is known without reading it.
   */
  static int rowReaching(RowGroup group, long from, FileReads reads) {
    ColumnChunk chunk = group.offsets();
    int page = chunk.firstPageReaching(from);
    int row = chunk.firstRow(page);
    if (from <= chunk.min(page)) {
      return row;
    }
    boolean dense = chunk.max(page) - chunk.min(page) + 1 == chunk.rowsIn(page);
    if (dense) {
      return row + (int) (from - chunk.min(page));
    }
    NumberColumn offsets = new NumberColumn(reads);
    offsets.pages().reset(chunk);
    reads.fetchLeading(row, List.of(offsets));
    offsets.seek(row);
    int last = row + chunk.rowsIn(page) - 1;
    while (row < last && offsets.next() < from) {
      row++;
    }
    return row;
  }
}
