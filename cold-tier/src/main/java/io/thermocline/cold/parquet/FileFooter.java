package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * All that has to be known of a data file to read any part of it: where its pages lie, and what
 * offsets and timestamps they span. Made to be cached: it is small, immutable, and holds nothing
 * open.
 */
public final class FileFooter {
  /** What a file says it holds. */
  record Contents(UUID topicId, int partition, OffsetRange range, long rows, int contentCrc32c) {}

  private final Contents contents;
  private final List<RowGroup> rowGroups;
  private final int weightInBytes;

  FileFooter(Contents contents, List<RowGroup> rowGroups) {
    this.contents = contents;
    this.rowGroups = List.copyOf(rowGroups);
    this.weightInBytes =
        256
            + rowGroups.stream()
                .flatMap(group -> group.chunks().stream())
                .mapToInt(ColumnChunk::weightInBytes)
                .sum();
  }

  /**
   * Reads it from the end of a file, with one request where the guess of its size was enough, else
   * with two or three.
   *
   * @param expectedIndexCrc32c what {@link WrittenFile#indexCrc32c} said, to be compared with what
   *     is read; empty to trust the bytes, which nothing else protects
   * @param rows what the file is known to have, by which the size of its end is guessed
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it is damaged, or does not describe
   *     a file of ours; {@link ErrorKind#UNSUPPORTED} when it is of a newer format; and what the
   *     source throws
   */
  public static FileFooter read(RangeSource source, OptionalInt expectedIndexCrc32c, long rows) {
    return new FooterReader(source, expectedIndexCrc32c, TailSize.guess(source.length(), rows))
        .read();
  }

  /** The same when nothing is known of the file. */
  public static FileFooter read(RangeSource source, OptionalInt expectedIndexCrc32c) {
    return read(source, expectedIndexCrc32c, 0);
  }

  /** The topic whose records they are. */
  public UUID topicId() {
    return contents.topicId();
  }

  /** The partition whose records they are. */
  public int partition() {
    return contents.partition();
  }

  /** The offsets the file stands for. */
  public OffsetRange range() {
    return contents.range();
  }

  /** Number of records, at least one. */
  public long rows() {
    return contents.rows();
  }

  /** Checksum of the records. */
  public int contentCrc32c() {
    return contents.contentCrc32c();
  }

  /** What it takes in memory, for caches that count bytes. */
  public int weightInBytes() {
    return weightInBytes;
  }

  /** Where the records' own bytes end; behind it are indexes. */
  public long dataEnd() {
    return rowGroups.isEmpty() ? 0 : rowGroups.get(rowGroups.size() - 1).end();
  }

  /** In offset order. */
  List<RowGroup> rowGroups() {
    return rowGroups;
  }

  /** The first row group with an offset at or after {@code from}; their number if there is none. */
  int rowGroupReaching(long from) {
    int group = 0;
    while (group < rowGroups.size() && rowGroups.get(group).lastOffset() < from) {
      group++;
    }
    return group;
  }
}
