package io.thermocline.cold.parquet;

import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.Encoding;

/**
 * Reads a column of byte strings value by value; a value is a slice of {@link #array}, good until
 * the next one is read.
 */
final class BytesColumn {
  private final ChunkPages pages;
  private final int maxRepetition;
  private final int maxDefinition;
  private byte[] repetitions = new byte[0];
  private byte[] definitions = new byte[0];
  private int page;
  private int index;
  private int count;
  private int position;

  private int definition;
  private int start;
  private int length;

  BytesColumn(FileReads reads, ColumnDescriptor column) {
    pages = new ChunkPages(reads, Encoding.PLAIN);
    maxRepetition = column.getMaxRepetitionLevel();
    maxDefinition = column.getMaxDefinitionLevel();
  }

  ChunkPages pages() {
    return pages;
  }

  /** Makes {@code row} of the row group the next one. */
  void seek(int row) {
    page = pages.chunk().pageOfRow(row);
    open();
    for (int left = row - pages.chunk().firstRow(page); left > 0; left--) {
      do {
        next();
      } while (continues());
    }
  }

  /** Whether the next value, or null, can be had without a fetch. */
  boolean isNextHere() {
    return index < count || pages.isHere(page + 1);
  }

  /** Goes to the next value or null; not to be called past the row group's last one. */
  void next() {
    if (index == count) {
      page++;
      open();
    }
    definition = definitions[index++];
    length = -1;
    if (definition == maxDefinition) {
      readValue();
    }
    if (index == count && position != pages.end()) {
      throw pages.damaged(page, "it has more than its values");
    }
  }

  private void readValue() {
    int end = pages.end();
    length = end - position >= Integer.BYTES ? LittleEndian.getInt(pages.array(), position) : -1;
    start = position + Integer.BYTES;
    if (length < 0 || length > end - start) {
      throw pages.damaged(page, "a value runs past its end");
    }
    position = start + length;
  }

  /** Whether the value after this one belongs to the same row. */
  boolean continues() {
    return index < count && repetitions[index] != 0;
  }

  /** How much of this value's path is there. */
  int definition() {
    return definition;
  }

  /** What holds the value. */
  byte[] array() {
    return pages.array();
  }

  /** Where the value begins. */
  int start() {
    return start;
  }

  /** Bytes of the value; -1 for a null. */
  int length() {
    return length;
  }

  private void open() {
    pages.load(page);
    count = pages.valueCount();
    index = 0;
    position = pages.start();
    if (count > pages.chunk().values()) {
      throw pages.damaged(page, "it can't have " + count + " values");
    }
    if (definitions.length < count) {
      definitions = new byte[count];
      repetitions = new byte[count];
    }
    readLevels(maxRepetition, repetitions);
    readLevels(maxDefinition, definitions);
    int rows = 0;
    for (int i = 0; i < count; i++) {
      rows += 1 - repetitions[i];
    }
    if (rows != pages.chunk().rowsIn(page) || repetitions[0] != 0) {
      throw pages.damaged(page, "it has another number of rows than the offset index says");
    }
  }

  private void readLevels(int maxLevel, byte[] target) {
    if (maxLevel == 0) {
      return;
    }
    byte[] source = pages.array();
    int end = pages.end();
    int size = end - position >= Integer.BYTES ? LittleEndian.getInt(source, position) : -1;
    int from = position + Integer.BYTES;
    if (size < 0 || size > end - from) {
      throw pages.damaged(page, "its levels run past its end");
    }
    try {
      Levels.decode(source, from, from + size, ColumnPages.bitWidth(maxLevel), target, count);
    } catch (IllegalArgumentException e) {
      throw pages.damaged(page, e.getMessage());
    }
    for (int i = 0; i < count; i++) {
      if (target[i] > maxLevel) {
        throw pages.damaged(page, "it has a level of " + target[i]);
      }
    }
    position = from + size;
  }
}
