package io.thermocline.hot.read;

import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.BatchScan;
import io.thermocline.hot.segment.LostRanges;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Looks for the first of a log's records with the largest timestamp. Indexes and headers know upper
 * bounds, so it begins where they promise most and reads no batch that can't have a better one.
 * Used once, by one thread.
 */
final class MaxTimestampSearch {
  private static final Comparator<Stretch> MOST_PROMISING_FIRST =
      Comparator.comparingLong(Stretch::boundMillis)
          .reversed()
          .thenComparingLong(Stretch::firstOffset);

  private final OpenSegments segments;
  private final LogView view;
  private final long from;
  private final LogReader.Damage damage;
  private final PayloadReader payloads;
  private final RecordCursor cursor = new RecordCursor();
  private final LargestTimestamp largest = new LargestTimestamp();

  /**
   * A part of a segment.
   *
   * @param position where its first batch begins, as an index says
   * @param end where the next part begins
   * @param boundMillis no timestamp in it is larger
   */
  private record Stretch(
      LogView.Extent extent, long firstOffset, long position, long end, long boundMillis) {}

  /**
   * @param from offsets below it do not count
   */
  MaxTimestampSearch(
      OpenSegments segments,
      LogView view,
      long from,
      int maxUncompressedBytes,
      LogReader.Damage damage) {
    this.segments = segments;
    this.view = view;
    this.from = Math.max(from, view.hotStart());
    this.damage = damage;
    this.payloads = new PayloadReader(maxUncompressedBytes);
  }

  Optional<OffsetAndTimestamp> find() throws IOException {
    List<Stretch> whole = new ArrayList<>();
    long at = from;
    while (at < view.end()) {
      LogView.Extent extent = view.extentOf(at);
      if (extent.bytes() > 0) {
        whole.add(wholeSegment(extent));
      }
      at = extent.end();
    }
    whole.sort(MOST_PROMISING_FIRST);
    for (Stretch segment : whole) {
      if (largest.mayBeBeaten(segment.firstOffset(), segment.boundMillis())) {
        search(segment.extent());
      }
    }
    return largest.found();
  }

  private Stretch wholeSegment(LogView.Extent extent) throws IOException {
    try (OpenSegments.Open open = segments.acquire(extent.segment())) {
      long bound = Long.MIN_VALUE;
      for (Stretch part : parts(open, extent)) {
        bound = Math.max(bound, part.boundMillis());
      }
      return new Stretch(extent, extent.segment().base(), 0, extent.bytes(), bound);
    }
  }

  private static List<Stretch> parts(OpenSegments.Open open, LogView.Extent extent)
      throws IOException {
    SegmentIndex.Snapshot index = LogReader.index(open, extent).snapshot();
    List<Stretch> parts = new ArrayList<>();
    int entries = index.positions().length;
    for (int i = 0; i < entries; i++) {
      long end = i + 1 < entries ? index.positions()[i + 1] : extent.bytes();
      parts.add(
          new Stretch(
              extent, index.offsets()[i], index.positions()[i], end, index.timestamps()[i]));
    }
    return parts;
  }

  private void search(LogView.Extent extent) throws IOException {
    try (OpenSegments.Open open = segments.acquire(extent.segment())) {
      List<Stretch> parts = new ArrayList<>(parts(open, extent));
      parts.sort(MOST_PROMISING_FIRST);
      BatchScan scan = new BatchScan(open.file(), extent.segment().stamp(), extent.bytes());
      for (Stretch part : parts) {
        if (largest.mayBeBeaten(part.firstOffset(), part.boundMillis())) {
          search(scan, part);
        }
      }
    }
  }

  private void search(BatchScan scan, Stretch part) throws IOException {
    BatchScan.Found found = scan.next(part.position());
    while (found != null && found.position() < part.end()) {
      BatchHeader header = found.header();
      boolean readable =
          header.nextOffset() > from
              && header.nextOffset() <= view.end()
              && !LostRanges.touch(view.lost(), header.range());
      if (readable && largest.mayBeBeaten(header.baseOffset(), header.maxTimestampMillis())) {
        RecordBatch batch = scan.batch(found);
        if (batch == null) {
          damage.found(List.of(header.range()));
        } else {
          search(batch);
        }
      }
      found = scan.next(found.end());
    }
  }

  private void search(RecordBatch batch) {
    try {
      RecordCursor unused =
          cursor.reset(
              payloads.open(batch.content()),
              batch.baseOffset(),
              batch.content().baseTimestampMillis());
      while (cursor.next()) {
        if (cursor.offset() >= from) {
          largest.offer(cursor.offset(), cursor.timestampMillis());
        }
      }
    } catch (ThermoclineException unreadable) {
      // Intact by its checksum and still not readable: nothing of it can be served either.
      return;
    }
  }
}
