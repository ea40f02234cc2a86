package io.thermocline.cold.table;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Reads records by offset and by time out of a table's data files. Thread-safe. */
final class ColdReader implements AutoCloseable {
  private final OpenFiles files;
  private final CursorPool cursors;
  private final Executor decoding;
  private final int aheadBytes;
  private final Duration patience;
  private final ColdMetrics metrics;
  private final SearchTrail trail = new SearchTrail();

  /**
   * @param decoding makes batches before they are asked for
   * @param aheadBytes how many bytes of them for each reader
   * @param patience how long a reader waits for them
   */
  ColdReader(
      OpenFiles files,
      CursorPool cursors,
      Executor decoding,
      int aheadBytes,
      Duration patience,
      ColdMetrics metrics) {
    this.files = files;
    this.cursors = cursors;
    this.decoding = decoding;
    this.aheadBytes = aheadBytes;
    this.patience = patience;
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
    return readFile(topic, partition, index, from, maxBytes);
  }

  /** Takes back batches; see {@link io.thermocline.model.ColdTier#giveBack}. */
  void giveBack(List<RecordBatch> batches) {
    files.giveBack(batches);
  }

  /** The smallest offset in {@code range} with this timestamp or a later one. */
  Optional<OffsetAndTimestamp> offsetForTimestamp(
      TopicId topic, PartitionView partition, OffsetRange range, long timestampMillis) {
    OffsetRange readable = range.intersect(partition.progress().offsets());
    for (int i = partition.indexAt(readable.from()); i < partition.files().size(); i++) {
      LogFile file = partition.files().get(i);
      OffsetRange inside = file.span().range().intersect(readable);
      if (file.from() >= readable.to()) {
        break;
      }
      if (!inside.isEmpty() && file.maxTimestampMillis() >= timestampMillis) {
        requireWhole(topic, partition, file);
        Optional<OffsetAndTimestamp> found = offsetIn(topic, file, inside, timestampMillis);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<OffsetAndTimestamp> offsetIn(
      TopicId topic, LogFile file, OffsetRange range, long timestampMillis) {
    try {
      // It never reads on, so there is nothing to close.
      OpenFiles.OpenFile open = files.open(topic, file, 0);
      Optional<OffsetAndTimestamp> found = open.reader().offsetForTimestamp(range, timestampMillis);
      found.ifPresent(hit -> trail.note(file.id(), hit.offset(), open.bytes().requestsMade()));
      return found;
    } catch (RuntimeException e) {
      forgetIfDamaged(file, e);
      throw e;
    }
  }

  /** The first record with the largest timestamp in {@code range}. */
  Optional<OffsetAndTimestamp> maxTimestamp(
      TopicId topic, PartitionView partition, OffsetRange range) {
    OffsetRange readable = range.intersect(partition.progress().offsets());
    LargestTimestamp largest = new LargestTimestamp();
    List<LogFile> promising =
        partition.files().stream()
            .filter(file -> !file.span().range().intersect(readable).isEmpty())
            .sorted(
                Comparator.comparingLong(LogFile::maxTimestampMillis)
                    .reversed()
                    .thenComparingLong(LogFile::from))
            .toList();
    for (LogFile file : promising) {
      OffsetRange inside = file.span().range().intersect(readable);
      if (largest.mayBeBeaten(inside.from(), file.maxTimestampMillis())) {
        requireWhole(topic, partition, file);
        largest.offer(maxIn(topic, file, inside));
      }
    }
    return largest.found();
  }

  private Optional<OffsetAndTimestamp> maxIn(TopicId topic, LogFile file, OffsetRange range) {
    try {
      return files.open(topic, file, 0).reader().maxTimestamp(range);
    } catch (RuntimeException e) {
      forgetIfDamaged(file, e);
      throw e;
    }
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
      TopicId topic, PartitionView partition, int index, long from, int maxBytes) {
    LogFile file = partition.files().get(index);
    requireWhole(topic, partition, file);
    FileReplay replay = replay(topic, file, from, maxBytes);
    FileReplay.Read read;
    try {
      read = replay.read(maxBytes);
    } catch (RuntimeException e) {
      replay.close();
      forgetIfDamaged(file, e);
      throw e;
    }
    lookFurther(topic, partition, index + 1, replay, maxBytes);
    if (replay.isAtEnd()) {
      replay.close();
    } else {
      cursors.give(file.id(), replay);
    }
    metrics.read(read.sizeInBytes());
    return new ReadResult.Progress(
        read.batches(),
        read.nextOffset(),
        lostIn(partition, new OffsetRange(from, read.nextOffset())));
  }

  /** The reader that waits there, if there is one and what it has ready is not too much. */
  private FileReplay replay(TopicId topic, LogFile file, long from, int maxBytes) {
    Optional<FileReplay> waiting = cursors.take(file.id(), from);
    if (waiting.isPresent() && waiting.get().suits(maxBytes)) {
      metrics.cache(ColdMetrics.CacheName.CURSOR, true);
      return waiting.get();
    }
    waiting.ifPresent(FileReplay::close);
    metrics.cache(ColdMetrics.CacheName.CURSOR, false);
    int requestsMade = trail.take(file.id(), from);
    return replayOf(file, from, () -> files.open(topic, file, requestsMade));
  }

  private FileReplay replayOf(LogFile file, long from, Supplier<OpenFiles.OpenFile> opening) {
    return new FileReplay(file.location(), opening, from, decoding, aheadBytes, patience);
  }

  /**
   * Who comes to the end of a file finds the next one ready: its footer and first bytes once all of
   * this one were asked for, its first batches once all of this one are made.
   */
  private void lookFurther(
      TopicId topic, PartitionView partition, int next, FileReplay replay, int maxBytes) {
    if (next >= partition.files().size() || !replay.hasAskedForAll()) {
      return;
    }
    LogFile file = partition.files().get(next);
    if (!file.isInLayout() || partition.doubtful().contains(file.location())) {
      return;
    }
    if (!replay.isMade()) {
      files.prepare(file);
    } else if (!cursors.waitsAt(file.id(), file.from())) {
      begin(topic, file, maxBytes);
    }
  }

  /** It waits there before anything of it is read: nobody comes too early for it. */
  private void begin(TopicId topic, LogFile file, int maxBytes) {
    FileReplay following = replayOf(file, file.from(), () -> files.openFollowing(topic, file));
    following.begin(maxBytes);
    cursors.give(file.id(), following);
  }

  private void forgetIfDamaged(LogFile file, RuntimeException failure) {
    if (failure instanceof ThermoclineException known && known.kind() == ErrorKind.CORRUPT) {
      files.forget(file);
    }
  }

  private static void requireWhole(TopicId topic, PartitionView partition, LogFile file) {
    if (partition.doubtful().contains(file.location())) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          ("Offsets %s of %s can't be read: another writer deleted rows of %s in a way that"
                  + " can't be followed; roll the table back, or rewrite it without delete files")
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
