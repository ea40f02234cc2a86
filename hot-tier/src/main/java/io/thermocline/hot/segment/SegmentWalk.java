package io.thermocline.hot.segment;

import io.thermocline.codec.BatchChecker;
import io.thermocline.codec.BatchLimits;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.FormatMark;
import io.thermocline.hot.segment.StoredBatch.HeaderCheck;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Goes through a segment file from front to end, batch by batch and byte by byte: every byte is
 * part of a batch or named as damage, after which it goes on at the next batch. Checks everything a
 * batch says of itself. Reads only; for one thread.
 */
public final class SegmentWalk {
  /** What an offset is when it is not known. */
  static final long UNKNOWN = -1;

  private static final BatchLimits LIMITS = BatchLimits.defaults();

  private final DiskFile file;
  private final Optional<LogStamp> stamp;
  private final BatchScan scan;
  private final long limit;
  private final long end;
  private final BatchChecker checker = new BatchChecker(LIMITS);

  private long position;
  private long expected;
  private int newestEpoch;
  private RecordBatch batch;
  private BatchHeader header;

  /**
   * @param stamp whose file it is; without it no header's checksum can be compared
   * @param origin where in that file the first byte of this one stood: 0, unless it was cut out
   * @param limit bytes to look at
   * @param first offset the first batch must have; {@link #UNKNOWN} when it may have any
   * @param end one past the offset the last batch must have; {@link #UNKNOWN} when it may have any
   */
  public SegmentWalk(
      DiskFile file, Optional<LogStamp> stamp, long origin, long limit, long first, long end) {
    this.file = file;
    this.stamp = stamp;
    this.limit = limit;
    this.expected = first;
    this.end = end;
    this.scan =
        new BatchScan(
            file,
            (bytes, at, where) ->
                stamp.isPresent()
                    ? BatchHeader.parse(bytes, at, stamp.get(), origin + where)
                    : possible(BatchHeader.decode(bytes, at)),
            limit);
  }

  /** Nobody vouches for these numbers: they decide how much memory is asked for. */
  private static BatchHeader possible(BatchHeader unchecked) {
    return unchecked == null || unchecked.payloadBytes() > LIMITS.maxBatchBytes()
        ? null
        : unchecked;
  }

  /** The next part; null at the end. */
  public SegmentPart next() throws IOException {
    batch = null;
    header = null;
    if (position >= limit) {
      return null;
    }
    BatchScan.Found found = scan.at(position);
    RecordBatch content = found == null ? null : scan.batch(found);
    SegmentPart part =
        found == null || (content == null && stamp.isEmpty())
            ? damage()
            : stored(found, Optional.ofNullable(content));
    position = part.end();
    return part;
  }

  /** The batch that {@link #next} gave; null when that was not an intact one. */
  public RecordBatch batch() {
    return batch;
  }

  /** The header of the batch that {@link #next} gave; null when that was none. */
  public BatchHeader header() {
    return header;
  }

  /** The offset the next batch must have. */
  public long expected() {
    return expected;
  }

  private StoredBatch stored(BatchScan.Found found, Optional<RecordBatch> content) {
    BatchHeader h = found.header();
    List<String> problems = new ArrayList<>();
    if (expected != UNKNOWN && h.baseOffset() != expected) {
      problems.add("it begins at offset %d, not at %d".formatted(h.baseOffset(), expected));
    }
    if (end != UNKNOWN && h.nextOffset() > end) {
      problems.add("it reaches past offset %d, where its segment ends".formatted(end));
    }
    if (h.logEpoch() < newestEpoch) {
      problems.add("log epoch %d comes after %d".formatted(h.logEpoch(), newestEpoch));
    }
    if (h.durableTo() > h.baseOffset()) {
      problems.add("it says that offsets up to %d were durable before it".formatted(h.durableTo()));
    }
    content.ifPresent(intact -> problems.addAll(contentProblems(h, intact)));
    newestEpoch = Math.max(newestEpoch, h.logEpoch());
    expected = h.nextOffset();
    header = h;
    batch = content.orElse(null);
    return new StoredBatch(
        found.position(),
        h.totalBytes(),
        h.range(),
        h.count(),
        h.compression(),
        h.payloadBytes(),
        h.uncompressedBytes(),
        h.attributes(),
        h.baseTimestampMillis(),
        h.appendTimeMillis(),
        h.maxTimestampMillis(),
        h.durableTo(),
        h.producerId(),
        h.producerEpoch(),
        h.baseSequence(),
        h.logEpoch(),
        stamp.isPresent() ? HeaderCheck.INTACT : HeaderCheck.UNCHECKED,
        content.isPresent(),
        problems);
  }

  private List<String> contentProblems(BatchHeader h, RecordBatch intact) {
    try {
      long largest = checker.check(intact.content());
      return largest == h.maxTimestampMillis()
          ? List.of()
          : List.of(
              "its largest timestamp is %d, the header says %d"
                  .formatted(largest, h.maxTimestampMillis()));
    } catch (ThermoclineException e) {
      return List.of("its records can't be read: " + e.getMessage());
    }
  }

  private DamagedBytes damage() throws IOException {
    String problem = problemAtPosition();
    BatchScan.Found next = nextAfter(position);
    long to = next == null ? limit : next.position();
    long offsetTo = next == null ? end : next.header().baseOffset();
    Optional<OffsetRange> offsets =
        expected != UNKNOWN && offsetTo > expected
            ? Optional.of(new OffsetRange(expected, offsetTo))
            : Optional.empty();
    expected = next == null ? Math.max(expected, end) : next.header().baseOffset();
    return new DamagedBytes(position, to - position, offsets, problem);
  }

  /** Without a header's checksum only an intact payload says that a batch is one. */
  private BatchScan.Found nextAfter(long damaged) throws IOException {
    BatchScan.Found found = scan.next(damaged + 1);
    while (found != null && stamp.isEmpty() && scan.batch(found) == null) {
      found = scan.next(found.position() + 1);
    }
    return found;
  }

  private String problemAtPosition() throws IOException {
    if (limit - position < BatchHeader.BYTES) {
      return "the file ends inside a header: %d of %d bytes"
          .formatted(limit - position, BatchHeader.BYTES);
    }
    BatchHeader cutShort = scan.headerAt(position);
    if (cutShort != null && cutShort.totalBytes() > limit - position) {
      return "the file ends inside the batch of offsets %s: %d of %d bytes"
          .formatted(cutShort.range(), limit - position, cutShort.totalBytes());
    }
    if (cutShort != null) {
      return "the content checksum of the batch of offsets %s does not match"
          .formatted(cutShort.range());
    }
    ByteBuffer bytes = ByteBuffer.allocate(BatchHeader.BYTES);
    int read = file.read(bytes, position);
    bytes.flip();
    if (read == BatchHeader.BYTES && BatchHeader.magicAt(bytes, 0)) {
      return BatchHeader.MARK.isThisVersionAt(bytes, 0)
          ? "a batch begins here, and its header's checksum does not match"
          : "a batch of format version %d seems to begin here, this program knows %d"
              .formatted(FormatMark.versionAt(bytes, 0), BatchHeader.MARK.version());
    }
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return "no batch begins here";
      }
    }
    return "no batch begins here, there are zeros";
  }
}
