package io.thermocline.cold.table;

import io.thermocline.cold.parquet.DataFileCursor;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads records by offset and by time out of a table's data files. Thread-safe. */
final class ColdReader implements AutoCloseable {
  private final OpenFiles files;
  private final CursorPool cursors;
  private final ColdMetrics metrics;

  ColdReader(OpenFiles files, CursorPool cursors, ColdMetrics metrics) {
    this.files = files;
    this.cursors = cursors;
    this.metrics = metrics;
  }

  /** Reads; see {@link io.thermocline.model.ColdTier#read}. */
  ReadResult read(TopicId topic, PartitionView partition, long from, int maxBytes) {
    PartitionProgress progress = partition.progress();
    if (from < progress.logStart()) {
      return new ReadResult.BeforeStart(progress.logStart());
    }
    if (from >= progress.tieredTo()) {
      return new ReadResult.AtEnd(progress.tieredTo());
    }
    int index = partition.indexAt(from);
    long fileStart =
        index < partition.files().size()
            ? partition.files().get(index).from()
            : progress.tieredTo();
    if (from < fileStart) {
      return between(topic, partition, new OffsetRange(from, fileStart));
    }
    return readFile(topic, partition, partition.files().get(index), from, maxBytes);
  }

  /** The smallest offset in {@code range} with this timestamp or a later one. */
  Optional<OffsetAndTimestamp> offsetForTimestamp(
      TopicId topic, PartitionView partition, OffsetRange range, long timestampMillis) {
    OffsetRange readable = range.intersect(partition.progress().offsets());
    for (int i = partition.indexAt(readable.from()); i < partition.files().size(); i++) {
      TableFile file = partition.files().get(i);
      OffsetRange inside = file.span().range().intersect(readable);
      if (file.from() >= readable.to()) {
        break;
      }
      if (!inside.isEmpty() && file.maxTimestampMillis() >= timestampMillis) {
        requireWhole(topic, partition, file);
        Optional<OffsetAndTimestamp> found =
            files.reader(topic, file).offsetForTimestamp(inside, timestampMillis);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** Offsets without a file: gaps and lost ranges are progress, anything else is damage. */
  private static ReadResult between(TopicId topic, PartitionView partition, OffsetRange range) {
    for (OffsetRange missing : partition.missing()) {
      if (missing.contains(range.from())) {
        throw new ThermoclineException(
                ErrorKind.CORRUPT,
                "Offsets %s of %s are missing from its table; reading can resume at %d"
                    .formatted(missing, topic.partition(partition.partition()), missing.to()))
            .with(
                Map.of(
                    "lostFrom", Long.toString(missing.from()),
                    "resumeAt", Long.toString(missing.to())));
      }
      if (missing.from() > range.from() && missing.from() < range.to()) {
        return skip(partition, new OffsetRange(range.from(), missing.from()));
      }
    }
    return skip(partition, range);
  }

  private static ReadResult skip(PartitionView partition, OffsetRange passed) {
    return new ReadResult.Progress(List.of(), passed.to(), lostIn(partition, passed));
  }

  private ReadResult readFile(
      TopicId topic, PartitionView partition, TableFile file, long from, int maxBytes) {
    requireWhole(topic, partition, file);
    Optional<DataFileCursor> waiting = cursors.take(file.location(), from);
    metrics.cache(ColdMetrics.CacheName.CURSOR, waiting.isPresent());
    DataFileCursor cursor = waiting.orElseGet(() -> files.reader(topic, file).cursor(from));
    List<RecordBatch> batches;
    long next;
    try {
      batches = cursor.read(maxBytes);
      next = cursor.nextOffset();
    } catch (RuntimeException e) {
      cursor.close();
      throw e;
    }
    if (cursor.isAtEnd()) {
      cursor.close();
    } else {
      cursors.give(file.location(), cursor);
    }
    metrics.read(batches.stream().mapToLong(RecordBatch::sizeInBytes).sum());
    return new ReadResult.Progress(batches, next, lostIn(partition, new OffsetRange(from, next)));
  }

  private static void requireWhole(TopicId topic, PartitionView partition, TableFile file) {
    if (partition.doubtful().contains(file.location())) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          ("Offsets %s of %s can't be read: another writer deleted rows of %s, and such deletes are"
                  + " not honored yet; roll the table back, or rewrite it without delete files")
              .formatted(
                  file.span().range(), topic.partition(partition.partition()), file.location()));
    }
  }

  private static List<OffsetRange> lostIn(PartitionView partition, OffsetRange passed) {
    return Ranges.within(passed, partition.progress().lost());
  }

  @Override
  public void close() {
    cursors.close();
  }
}
