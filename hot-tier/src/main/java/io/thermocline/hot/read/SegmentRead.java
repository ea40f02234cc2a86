package io.thermocline.hot.read;

import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.BatchScan;
import io.thermocline.hot.segment.LostRanges;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One read in one segment: takes a large piece of the file at once and cuts batches out of it, each
 * checked against both of its checksums. What is damaged is stepped over and named. Used once, by
 * one thread.
 */
final class SegmentRead {
  private static final int MIN_CHUNK_BYTES = 16 * 1024;
  private static final int MAX_CHUNK_BYTES = 8 << 20;
  private static final long UNKNOWN = -1;

  private final DiskFile file;
  private final SpareChunks chunks;
  private final LogView.Extent extent;
  private final List<OffsetRange> knownLost;
  private final long from;
  private final int maxBytes;

  private final List<RecordBatch> batches = new ArrayList<>();
  private final List<OffsetRange> lost = new ArrayList<>();
  private final List<OffsetRange> damage = new ArrayList<>();

  /** Payload bytes of the batches looked at, damaged ones too. */
  private long takenBytes;

  private boolean full;
  private long position;

  /** Offset at which the batch at {@link #position} must begin. */
  private long expected = UNKNOWN;

  SegmentRead(
      DiskFile file,
      SpareChunks chunks,
      LogView.Extent extent,
      List<OffsetRange> knownLost,
      long from,
      int maxBytes) {
    this.file = file;
    this.chunks = chunks;
    this.extent = extent;
    this.knownLost = knownLost;
    this.from = from;
    this.maxBytes = maxBytes;
  }

  /**
   * Reads.
   *
   * @param hint where a batch at or before the offset wanted may begin
   */
  ReadResult.Progress from(long hint) throws IOException {
    beginAt(hint);
    int wanted = Math.max(MIN_CHUNK_BYTES, Math.min(maxBytes, MAX_CHUNK_BYTES) + overhead());
    while (!full && position < extent.bytes()) {
      long before = position;
      int needed = takeChunk(wanted);
      if (full) {
        break;
      }
      if (needed > 0) {
        wanted = Math.max(wanted, needed);
      } else if (position == before) {
        stepOverDamage();
      }
    }
    if (!full && expected < extent.end()) {
      addDamage(expected, extent.end());
      expected = extent.end();
    }
    chunks.lend(batches);
    return new ReadResult.Progress(batches, expected, lost);
  }

  /** All damage it came upon, also below the offset it was to read from. */
  List<OffsetRange> damage() {
    return List.copyOf(damage);
  }

  private void beginAt(long hint) {
    position = hint < extent.bytes() ? hint : 0;
    expected = position == 0 ? extent.segment().base() : UNKNOWN;
  }

  private static int overhead() {
    return SegmentIndex.INTERVAL_BYTES;
  }

  /**
   * Takes the whole batches of the next piece of the file; {@link #position} moves past them.
   *
   * @return bytes the piece must have for its first batch, when it had too few; else 0
   */
  private int takeChunk(int wanted) throws IOException {
    int size = (int) Math.min(wanted, extent.bytes() - position);
    ByteBuffer chunk = chunks.take(size);
    int read = file.read(chunk, position);
    long start = position;
    int at = 0;
    while (read - at >= BatchHeader.BYTES) {
      BatchHeader header = BatchHeader.parse(chunk, at, extent.segment().stamp(), start + at);
      if (header == null || !follows(header)) {
        return 0;
      }
      long total = header.totalBytes();
      if (total > read - at) {
        return read < size ? fileEnds(header) : needed(header, at);
      }
      if (!take(header, chunk, at)) {
        full = true;
        return 0;
      }
      at += (int) total;
      position = start + at;
      expected = header.nextOffset();
    }
    return 0;
  }

  /** The file ends inside this batch, and before it should: nothing of the segment follows. */
  private int fileEnds(BatchHeader header) {
    expected = header.baseOffset();
    position = extent.bytes();
    return 0;
  }

  /** A batch that reaches past the piece: too much for this answer, or worth a larger piece. */
  private int needed(BatchHeader header, int at) {
    if (header.totalBytes() > extent.bytes() - position) {
      return 0;
    }
    if (isTooMuch(header)) {
      full = true;
    }
    return at == 0 ? Math.toIntExact(header.totalBytes()) : 1;
  }

  private boolean follows(BatchHeader header) {
    return expected == UNKNOWN
        ? header.baseOffset() <= from
        : header.baseOffset() == expected && header.nextOffset() <= extent.end();
  }

  /**
   * @return false when the batch is too much for this answer
   */
  private boolean take(BatchHeader header, ByteBuffer chunk, int at) {
    if (header.nextOffset() <= from) {
      return true;
    }
    if (isTooMuch(header)) {
      return false;
    }
    takenBytes += header.payloadBytes();
    RecordBatch batch =
        LostRanges.touch(knownLost, header.range())
            ? null
            : header.intactBatch(chunk.slice(at + BatchHeader.BYTES, header.payloadBytes()));
    if (batch == null) {
      addDamage(header.baseOffset(), header.nextOffset());
    } else {
      batches.add(batch);
    }
    return true;
  }

  /** Whether there is an answer already, and this batch would make it too large. */
  private boolean isTooMuch(BatchHeader header) {
    return takenBytes > 0 && takenBytes + header.payloadBytes() > maxBytes;
  }

  /** At {@link #position} there is not the batch that should be: goes on at the next one. */
  private void stepOverDamage() throws IOException {
    if (expected == UNKNOWN) {
      // The hint led astray: only from the front it is certain which offsets are missing.
      beginAt(0);
      return;
    }
    BatchScan scan = new BatchScan(file, extent.segment().stamp(), extent.bytes());
    BatchScan.Found found = scan.next(position);
    while (found != null && !couldFollow(found.header())) {
      found = scan.next(found.position() + 1);
    }
    if (found == null) {
      position = extent.bytes();
      return;
    }
    addDamage(expected, found.header().baseOffset());
    position = found.position();
    expected = found.header().baseOffset();
  }

  private boolean couldFollow(BatchHeader header) {
    return header.baseOffset() >= expected && header.nextOffset() <= extent.end();
  }

  private void addDamage(long damagedFrom, long damagedTo) {
    if (damagedFrom < damagedTo) {
      LostRanges.add(damage, new OffsetRange(damagedFrom, damagedTo));
    }
    if (Math.max(damagedFrom, from) < damagedTo) {
      LostRanges.add(lost, new OffsetRange(Math.max(damagedFrom, from), damagedTo));
    }
  }
}
