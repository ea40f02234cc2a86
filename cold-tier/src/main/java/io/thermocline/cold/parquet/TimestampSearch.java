package io.thermocline.cold.parquet;

import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Looks for the first record of an offset range from a time on. */
final class TimestampSearch {
  private final FileFooter footer;
  private final FileReads reads;
  private final NumberColumn offsets;
  private final NumberColumn timestamps;

  /** Not looked at here. */
  private final NumberColumn appendTimes;

  TimestampSearch(FileFooter footer, FileReads reads) {
    this.footer = footer;
    this.reads = reads;
    this.offsets = new NumberColumn(reads);
    this.timestamps = new NumberColumn(reads);
    this.appendTimes = new NumberColumn(reads);
  }

  Optional<OffsetAndTimestamp> first(OffsetRange range, long timestampMillis) {
    if (range.isEmpty()) {
      return Optional.empty();
    }
    long micros = Micros.saturated(timestampMillis);
    int next = footer.rowGroupReaching(range.from());
    while (next < footer.rowGroups().size()) {
      RowGroup group = footer.rowGroups().get(next);
      if (group.firstOffset() >= range.to()) {
        return Optional.empty();
      }
      Optional<OffsetAndTimestamp> found = firstIn(group, range.from(), micros);
      if (found.isPresent()) {
        return found.filter(hit -> hit.offset() < range.to());
      }
      next++;
    }
    return Optional.empty();
  }

  private Optional<OffsetAndTimestamp> firstIn(RowGroup group, long from, long micros) {
    ColumnChunk chunk = group.chunk(LogSchema.TIMESTAMP);
    int firstRow = RowSearch.rowReaching(group, from, reads);
    reset(group);
    for (int page = chunk.pageOfRow(firstRow); page < chunk.pages(); page++) {
      if (chunk.max(page) < micros) {
        continue;
      }
      int start = Math.max(firstRow, chunk.firstRow(page));
      int end = chunk.firstRow(page) + chunk.rowsIn(page);
      fetch(start);
      timestamps.seek(start);
      for (int row = start; row < end; row++) {
        long timestamp = timestamps.next();
        if (timestamp >= micros) {
          return Optional.of(new OffsetAndTimestamp(offsetOf(row), Micros.toMillis(timestamp)));
        }
      }
    }
    return Optional.empty();
  }

  /** The first record of the range with the largest timestamp of it. */
  Optional<OffsetAndTimestamp> largest(OffsetRange range) {
    LargestTimestamp largest = new LargestTimestamp();
    if (range.isEmpty()) {
      return largest.found();
    }
    int next = footer.rowGroupReaching(range.from());
    while (next < footer.rowGroups().size()
        && footer.rowGroups().get(next).firstOffset() < range.to()) {
      largest.offer(largestIn(footer.rowGroups().get(next), range));
      next++;
    }
    return largest.found().filter(record -> range.contains(record.offset()));
  }

  /** Where several pages may have the largest, the first of them is looked at first. */
  private Optional<OffsetAndTimestamp> largestIn(RowGroup group, OffsetRange range) {
    ColumnChunk chunk = group.chunk(LogSchema.TIMESTAMP);
    int firstRow = RowSearch.rowReaching(group, range.from(), reads);
    int endRow =
        range.to() > group.lastOffset()
            ? chunk.firstRow(chunk.pages() - 1) + chunk.rowsIn(chunk.pages() - 1)
            : RowSearch.rowReaching(group, range.to(), reads);
    if (firstRow >= endRow) {
      return Optional.empty();
    }
    reset(group);
    int best = -1;
    long bestMicros = Long.MIN_VALUE;
    List<Integer> pages =
        IntStream.rangeClosed(chunk.pageOfRow(firstRow), chunk.pageOfRow(endRow - 1))
            .boxed()
            .sorted(Comparator.comparingLong(chunk::max).reversed().thenComparing(page -> page))
            .toList();
    for (int page : pages) {
      int start = Math.max(firstRow, chunk.firstRow(page));
      int end = Math.min(endRow, chunk.firstRow(page) + chunk.rowsIn(page));
      boolean promising =
          best < 0
              || chunk.max(page) > bestMicros
              || (chunk.max(page) == bestMicros && start < best);
      if (promising) {
        fetch(start);
        timestamps.seek(start);
        for (int row = start; row < end; row++) {
          long micros = timestamps.next();
          if (best < 0 || micros > bestMicros || (micros == bestMicros && row < best)) {
            best = row;
            bestMicros = micros;
          }
        }
      }
    }
    return Optional.of(new OffsetAndTimestamp(offsetOf(best), Micros.toMillis(bestMicros)));
  }

  private void reset(RowGroup group) {
    offsets.pages().reset(group.offsets());
    timestamps.pages().reset(group.chunk(LogSchema.TIMESTAMP));
    appendTimes.pages().reset(group.chunk(LogSchema.APPEND_TIME));
  }

  /** All numbers of these rows at once: who asked for the offset will read there. */
  private void fetch(int row) {
    reads.fetchLeading(row, List.of(offsets, timestamps, appendTimes));
  }

  private long offsetOf(int row) {
    offsets.seek(row);
    return offsets.next();
  }
}
