package io.thermocline.cold.parquet;

import java.util.List;

/**
 * One row group of a data file.
 *
 * @param chunks in the order of {@link LogSchema#LEAVES}
 */
record RowGroup(List<ColumnChunk> chunks) {
  RowGroup {
    chunks = List.copyOf(chunks);
  }

  int rows() {
    return offsets().rows();
  }

  ColumnChunk chunk(int leaf) {
    return chunks.get(leaf);
  }

  ColumnChunk offsets() {
    return chunks.get(LogSchema.RECORD_OFFSET);
  }

  /** Where its last chunk ends in the file. */
  long end() {
    ColumnChunk last = chunks.get(chunks.size() - 1);
    return last.position(last.pages());
  }

  long firstOffset() {
    return offsets().min(0);
  }

  long lastOffset() {
    return offsets().max(offsets().pages() - 1);
  }
}
