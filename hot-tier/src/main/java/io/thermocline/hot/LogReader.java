package io.thermocline.hot;

import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads logs, by what a {@link LogView} says may be read. Blocks for I/O. Thread-safe. */
final class LogReader {
  private final OpenSegments segments;
  private final int maxUncompressedBytes;

  LogReader(OpenSegments segments, int maxUncompressedBytes) {
    this.segments = segments;
    this.maxUncompressedBytes = maxUncompressedBytes;
  }

  /** Answers as {@link io.thermocline.model.HotTier#read} does. */
  ReadResult read(LogView view, long from, int maxBytes) throws IOException {
    if (from >= view.end()) {
      return new ReadResult.AtEnd(view.end());
    }
    if (from < view.hotStart()) {
      return new ReadResult.BeforeStart(view.hotStart());
    }
    LogView.Extent extent = view.extentOf(from);
    if (extent.bytes() == 0) {
      return lost(from, extent.end());
    }
    try (OpenSegments.Open open = segments.acquire(extent.segment())) {
      long hint = index(open, extent).positionFor(from);
      return new SegmentRead(open.file(), extent, view.lost(), from, maxBytes).from(hint);
    }
  }

  /** Durable offsets without a byte: what was damaged lay in a file that is gone. */
  private static ReadResult lost(long from, long end) {
    return new ReadResult.Progress(
        java.util.List.of(), end, java.util.List.of(new OffsetRange(from, end)));
  }

  private static SegmentIndex index(OpenSegments.Open open, LogView.Extent extent)
      throws IOException {
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
  record Ages(long firstAppendMillis, long lastAppendMillis) {}

  Ages ages(LogView.Extent extent) throws IOException {
    try (OpenSegments.Open open = segments.acquire(extent.segment())) {
      SegmentIndex index = index(open, extent);
      return new Ages(index.firstAppendMillis(), index.lastAppendMillis());
    }
  }

  /** Answers as {@link io.thermocline.model.HotTier#offsetForTimestamp} does. */
  Optional<OffsetAndTimestamp> offsetForTimestamp(LogView view, long from, long timestampMillis)
      throws IOException {
    long at = Math.max(from, view.hotStart());
    while (at < view.end()) {
      LogView.Extent extent = view.extentOf(at);
      Optional<OffsetAndTimestamp> found = search(view, extent, at, timestampMillis);
      if (found.isPresent()) {
        return found;
      }
      at = extent.end();
    }
    return Optional.empty();
  }

  private Optional<OffsetAndTimestamp> search(
      LogView view, LogView.Extent extent, long from, long timestampMillis) throws IOException {
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
        if (mayHold(view, batch.header(), from, timestampMillis) && scan.payloadIntact(batch)) {
          Optional<OffsetAndTimestamp> found = searchBatch(open, batch, from, timestampMillis);
          if (found.isPresent()) {
            return found;
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
        && view.lost().stream().allMatch(lost -> lost.intersect(header.range()).isEmpty());
  }

  private Optional<OffsetAndTimestamp> searchBatch(
      OpenSegments.Open open, BatchScan.Found batch, long from, long timestampMillis)
      throws IOException {
    ByteBuffer payload = ByteBuffer.allocate(batch.header().payloadBytes());
    int unused = open.file().read(payload, batch.position() + BatchHeader.BYTES);
    BatchContent content = batch.header().withPayload(payload.flip()).content();
    try {
      RecordCursor cursor =
          new RecordCursor()
              .reset(
                  new PayloadReader(maxUncompressedBytes).open(content),
                  batch.header().baseOffset(),
                  content.baseTimestampMillis());
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
