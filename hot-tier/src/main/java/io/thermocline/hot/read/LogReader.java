package io.thermocline.hot.read;

import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.BatchScan;
import io.thermocline.hot.segment.LostRanges;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reads logs, by what a {@link LogView} says may be read. Blocks for I/O. Thread-safe. */
public final class LogReader {
  private final OpenSegments segments;
  private final int maxUncompressedBytes;
  private final SpareChunks chunks = new SpareChunks();

  /**
   * @param maxUncompressedBytes a batch may take unpacked; in a larger one no timestamp is looked
   *     for
   */
  public LogReader(OpenSegments segments, int maxUncompressedBytes) {
    this.segments = segments;
    this.maxUncompressedBytes = maxUncompressedBytes;
  }

  /** Is told of damage, known or not, with whole batches' offsets. */
  public interface Damage {
    void found(List<OffsetRange> ranges);
  }

  /** Answers as {@link io.thermocline.model.HotTier#read} does. */
  public ReadResult read(LogView view, long from, int maxBytes, Damage damage) throws IOException {
    if (from >= view.end()) {
      return new ReadResult.AtEnd(view.end());
    }
    if (from < view.hotStart()) {
      return new ReadResult.BeforeStart(view.hotStart());
    }
    LogView.Extent extent = view.extentOf(from);
    if (extent.bytes() == 0) {
      damage.found(List.of(new OffsetRange(extent.segment().base(), extent.end())));
      return lost(from, extent.end());
    }
    try (OpenSegments.Open open = segments.acquire(extent.segment())) {
      long hint = index(open, extent).positionFor(from);
      SegmentRead read = new SegmentRead(open.file(), chunks, extent, view.lost(), from, maxBytes);
      ReadResult answer = read.from(hint);
      damage.found(read.damage());
      return answer;
    }
  }

  /** Does as {@link io.thermocline.model.HotTier#giveBack} says. */
  public void giveBack(List<RecordBatch> batches) {
    chunks.giveBack(batches);
  }

  /** Durable offsets without a byte: what was damaged lay in a file that is gone. */
  private static ReadResult lost(long from, long end) {
    return new ReadResult.Progress(List.of(), end, List.of(new OffsetRange(from, end)));
  }

  /** The index of a segment in use, whole. */
  static SegmentIndex index(OpenSegments.Open open, LogView.Extent extent) throws IOException {
    if (extent.live().isEmpty()) {
      return open.index(extent.bytes());
    }
    SegmentIndex index = extent.live().get();
    long missing = index.missingFront();
    if (missing > 0) {
      index.addFront(open.scan(missing));
    }
    return index;
  }

  /** The append times of a segment's first and last batch. */
  public record Ages(long firstAppendMillis, long lastAppendMillis) {}

  /** How old the batches of a segment are. */
  public Ages ages(LogView.Extent extent) throws IOException {
    try (OpenSegments.Open open = segments.acquire(extent.segment())) {
      SegmentIndex index = index(open, extent);
      return new Ages(index.firstAppendMillis(), index.lastAppendMillis());
    }
  }

  /** Answers as {@link io.thermocline.model.HotTier#offsetForTimestamp} does. */
  public Optional<OffsetAndTimestamp> offsetForTimestamp(
      LogView view, long from, long timestampMillis, Damage damage) throws IOException {
    long at = Math.max(from, view.hotStart());
    while (at < view.end()) {
      LogView.Extent extent = view.extentOf(at);
      Optional<OffsetAndTimestamp> found = search(view, extent, at, timestampMillis, damage);
      if (found.isPresent()) {
        return found;
      }
      at = extent.end();
    }
    return Optional.empty();
  }

  /** Answers as {@link io.thermocline.model.HotTier#maxTimestamp} does. */
  public Optional<OffsetAndTimestamp> maxTimestamp(LogView view, long from, Damage damage)
      throws IOException {
    return new MaxTimestampSearch(segments, view, from, maxUncompressedBytes, damage).find();
  }

  private Optional<OffsetAndTimestamp> search(
      LogView view, LogView.Extent extent, long from, long timestampMillis, Damage damage)
      throws IOException {
    if (extent.bytes() == 0) {
      return Optional.empty();
    }
    try (OpenSegments.Open open = segments.acquire(extent.segment())) {
      SegmentIndex index = index(open, extent);
      BatchScan scan = new BatchScan(open.file(), extent.segment().stamp(), extent.bytes());
      long offset = from;
      long position = 0;
      while (true) {
        long hint = index.positionFor(offset, timestampMillis);
        BatchScan.Found batch = hint < 0 ? null : scan.next(Math.max(position, hint));
        if (batch == null || batch.header().baseOffset() >= extent.end()) {
          return Optional.empty();
        }
        if (mayHold(view, batch.header(), from, timestampMillis)) {
          RecordBatch intact = scan.batch(batch);
          if (intact == null) {
            damage.found(List.of(batch.header().range()));
          } else {
            Optional<OffsetAndTimestamp> found = searchBatch(intact, from, timestampMillis);
            if (found.isPresent()) {
              return found;
            }
          }
        }
        position = batch.end();
        offset = Math.max(offset, batch.header().nextOffset());
      }
    }
  }

  private static boolean mayHold(
      LogView view, BatchHeader header, long from, long timestampMillis) {
    return header.nextOffset() > from
        && header.maxTimestampMillis() >= timestampMillis
        && !LostRanges.touch(view.lost(), header.range());
  }

  private Optional<OffsetAndTimestamp> searchBatch(
      RecordBatch batch, long from, long timestampMillis) {
    try {
      RecordCursor cursor =
          new RecordCursor()
              .reset(
                  new PayloadReader(maxUncompressedBytes).open(batch.content()),
                  batch.baseOffset(),
                  batch.content().baseTimestampMillis());
      while (cursor.next()) {
        if (cursor.offset() >= from && cursor.timestampMillis() >= timestampMillis) {
          return Optional.of(new OffsetAndTimestamp(cursor.offset(), cursor.timestampMillis()));
        }
      }
      return Optional.empty();
    } catch (ThermoclineException unreadable) {
      // Intact by its checksum and still not readable: nothing here can be served either.
      return Optional.empty();
    }
  }
}
