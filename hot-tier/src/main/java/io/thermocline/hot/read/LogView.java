package io.thermocline.hot.read;

import io.thermocline.hot.segment.LostRanges;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A log at one moment: what readers work from. Immutable. Invariant: sealed segments are in offset
 * order and touch; the active one begins where they end; {@code logStart <= end}.
 *
 * @param sealed oldest first
 * @param active takes the appends; its file may not be there yet while it is empty
 * @param activeIndex of the active segment
 * @param activeBytes durable bytes of the active segment
 * @param logStart first offset that is to be readable
 * @param end one past the last durable offset
 * @param epoch the log epoch
 * @param lost ranges that a start or a reader found damaged, see {@link LostRanges}
 * @param sealedBytes of all sealed segments
 */
public record LogView(
    List<Segment.Sealed> sealed,
    Segment active,
    SegmentIndex activeIndex,
    long activeBytes,
    long logStart,
    long end,
    int epoch,
    List<OffsetRange> lost,
    long sealedBytes) {
  /** Copied out of the page cache in some ten microseconds. */
  private static final int MAX_TAIL_BYTES = 64 << 10;

  /** A view with the sealed segments' sizes added up. */
  public static LogView of(
      List<Segment.Sealed> sealed,
      Segment active,
      SegmentIndex activeIndex,
      long activeBytes,
      long logStart,
      long end,
      int epoch,
      List<OffsetRange> lost) {
    long sealedBytes = sealed.stream().mapToLong(Segment.Sealed::bytes).sum();
    return new LogView(
        List.copyOf(sealed),
        active,
        activeIndex,
        activeBytes,
        logStart,
        end,
        epoch,
        List.copyOf(lost),
        sealedBytes);
  }

  /**
   * A segment as far as it may be read.
   *
   * @param live its index while it is the active segment
   */
  public record Extent(Segment segment, long end, long bytes, Optional<SegmentIndex> live) {}

  /** The first offset of the oldest segment. */
  public long oldest() {
    return sealed.isEmpty() ? active.base() : sealed.get(0).base();
  }

  /** The first offset that may be read. */
  public long hotStart() {
    return Math.max(oldest(), logStart);
  }

  /** What others are told of the log. */
  public PartitionState state() {
    int segments = sealed.size() + (activeBytes > 0 ? 1 : 0);
    return new PartitionState(
        epoch, logStart, hotStart(), end, end, sealedBytes + activeBytes, segments);
  }

  /** The segment that holds {@code offset}, which lies in {@code [oldest, end)}. */
  Extent extentOf(long offset) {
    if (offset >= active.base()) {
      return activeExtent();
    }
    int low = 0;
    int high = sealed.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sealed.get(middle).end() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return extent(sealed.get(low));
  }

  /** The active segment as far as it may be read. */
  public Extent activeExtent() {
    return new Extent(active, end, activeBytes, Optional.of(activeIndex));
  }

  /** Whether what is there from {@code offset} on is little, and was the last to be written. */
  public boolean isAtTail(long offset) {
    long position = offset < active.base() ? -1 : activeIndex.recentPositionFor(offset);
    return position >= 0 && activeBytes - position <= MAX_TAIL_BYTES;
  }

  /** All of a sealed segment. */
  public static Extent extent(Segment.Sealed segment) {
    return new Extent(segment.segment(), segment.end(), segment.bytes(), Optional.empty());
  }

  /** With more that is durable in the active segment. */
  public LogView appended(long newEnd, long newActiveBytes) {
    return new LogView(
        sealed, active, activeIndex, newActiveBytes, logStart, newEnd, epoch, lost, sealedBytes);
  }

  /** With the active segment sealed, and {@code next} in its place. */
  public LogView rolled(Segment next, SegmentIndex nextIndex) {
    List<Segment.Sealed> more = new ArrayList<>(sealed);
    more.add(new Segment.Sealed(active, end, activeBytes));
    return new LogView(
        List.copyOf(more),
        next,
        nextIndex,
        0,
        logStart,
        end,
        epoch,
        lost,
        sealedBytes + activeBytes);
  }

  /** Without the sealed segments that end at or below {@code upTo}. */
  public LogView trimmed(long upTo) {
    List<Segment.Sealed> rest = sealed.stream().filter(s -> s.end() > upTo).toList();
    List<OffsetRange> restLost = lost.stream().filter(range -> range.to() > upTo).toList();
    return of(rest, active, activeIndex, activeBytes, logStart, end, epoch, restLost);
  }

  /** With more damage; what lies in segments that are gone is missed by nobody. */
  public LogView losing(List<OffsetRange> damaged) {
    List<OffsetRange> kept = damaged.stream().filter(range -> range.to() > oldest()).toList();
    return new LogView(
        sealed,
        active,
        activeIndex,
        activeBytes,
        logStart,
        end,
        epoch,
        LostRanges.with(lost, kept),
        sealedBytes);
  }

  /** With another log start. */
  public LogView startingAt(long newLogStart) {
    return new LogView(
        sealed, active, activeIndex, activeBytes, newLogStart, end, epoch, lost, sealedBytes);
  }
}
