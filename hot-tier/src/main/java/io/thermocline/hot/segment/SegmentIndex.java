package io.thermocline.hot.segment;

import java.util.Arrays;

/**
 * The sparse index of one segment, in memory: for about each interval of bytes, where it begins,
 * its first offset and the largest timestamp in it; and where each of the last batches begins. It
 * is a hint: whoever uses it checks the batch it leads to.
 *
 * <p>Thread-safe. Of a segment that was already there at start-up it may lack the front until
 * somebody looks there, see {@link #missingFront}.
 */
public final class SegmentIndex {
  /** About how many bytes one entry stands for. */
  public static final int INTERVAL_BYTES = 64 * 1024;

  private static final int INITIAL_ENTRIES = 16;

  private long[] positions;
  private long[] offsets;
  private long[] timestamps;
  private int count;

  /** Of what was added batch by batch, nothing of what was stored. */
  private final RecentBatches recent = new RecentBatches();

  /** Bytes at the segment's front that no entry covers. */
  private long missingFront;

  private long firstAppendMillis;
  private long lastAppendMillis;

  /**
   * An index that covers nothing, of a segment whose first {@code missingFront} bytes are there.
   */
  public SegmentIndex(long missingFront) {
    this(new long[INITIAL_ENTRIES], new long[INITIAL_ENTRIES], new long[INITIAL_ENTRIES], 0);
    this.missingFront = missingFront;
  }

  private SegmentIndex(long[] positions, long[] offsets, long[] timestamps, int count) {
    this.positions = positions;
    this.offsets = offsets;
    this.timestamps = timestamps;
    this.count = count;
  }

  /** Takes in the batch at {@code position}; batches come in order. */
  public synchronized void add(long position, BatchHeader header) {
    if (count == 0 && missingFront == 0) {
      firstAppendMillis = header.appendTimeMillis();
    }
    lastAppendMillis = Math.max(lastAppendMillis, header.appendTimeMillis());
    recent.add(header.baseOffset(), position);
    if (count > 0 && position - positions[count - 1] < INTERVAL_BYTES) {
      timestamps[count - 1] = Math.max(timestamps[count - 1], header.maxTimestampMillis());
      return;
    }
    addEntry(position, header.baseOffset(), header.maxTimestampMillis());
  }

  private void addEntry(long position, long offset, long timestamp) {
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, count * 2);
      offsets = Arrays.copyOf(offsets, count * 2);
      timestamps = Arrays.copyOf(timestamps, count * 2);
    }
    positions[count] = position;
    offsets[count] = offset;
    timestamps[count++] = timestamp;
  }

  /** Bytes at the front that are not indexed; 0 when the index is whole. */
  public synchronized long missingFront() {
    return missingFront;
  }

  /** Puts what was found in the missing front before the rest. */
  public synchronized void addFront(SegmentIndex front) {
    if (missingFront == 0) {
      return;
    }
    long[] restPositions = Arrays.copyOf(positions, count);
    long[] restOffsets = Arrays.copyOf(offsets, count);
    long[] restTimestamps = Arrays.copyOf(timestamps, count);
    Snapshot found = front.snapshot();
    positions = found.positions();
    offsets = found.offsets();
    timestamps = found.timestamps();
    count = positions.length;
    if (positions.length == 0) {
      positions = new long[INITIAL_ENTRIES];
      offsets = new long[INITIAL_ENTRIES];
      timestamps = new long[INITIAL_ENTRIES];
    }
    firstAppendMillis = found.firstAppendMillis();
    lastAppendMillis = Math.max(lastAppendMillis, found.lastAppendMillis());
    for (int i = 0; i < restPositions.length; i++) {
      addEntry(restPositions[i], restOffsets[i], restTimestamps[i]);
    }
    missingFront = 0;
  }

  /**
   * The position of the batch that holds {@code offset}, when it is among the last that were added.
   *
   * @return -1 when it is not
   */
  public synchronized long recentPositionFor(long offset) {
    return recent.positionFor(offset);
  }

  /** The position of a batch that begins at or below {@code offset}: the nearest one known. */
  public synchronized long positionFor(long offset) {
    long known = recentPositionFor(offset);
    if (known >= 0) {
      return known;
    }
    int at = Arrays.binarySearch(offsets, 0, count, offset);
    int entry = at >= 0 ? at : -at - 2;
    return entry < 0 ? 0 : positions[entry];
  }

  /**
   * The first position at or after the batch that holds {@code fromOffset} where a timestamp of at
   * least {@code timestampMillis} may be found.
   *
   * @return -1 when there is none
   */
  public synchronized long positionFor(long fromOffset, long timestampMillis) {
    if (missingFront > 0) {
      return 0;
    }
    int at = Arrays.binarySearch(offsets, 0, count, fromOffset);
    for (int entry = Math.max(0, at >= 0 ? at : -at - 2); entry < count; entry++) {
      if (timestamps[entry] >= timestampMillis) {
        return positions[entry];
      }
    }
    return -1;
  }

  /** Append time of the first batch, once the front is known; 0 when there is none. */
  public synchronized long firstAppendMillis() {
    return firstAppendMillis;
  }

  /** The latest append time; 0 when there is none. */
  public synchronized long lastAppendMillis() {
    return lastAppendMillis;
  }

  /** All of it at one moment. */
  public synchronized Snapshot snapshot() {
    return new Snapshot(
        Arrays.copyOf(positions, count),
        Arrays.copyOf(offsets, count),
        Arrays.copyOf(timestamps, count),
        firstAppendMillis,
        lastAppendMillis);
  }

  /** The entries as they are stored. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier between two methods, never compared
  public record Snapshot(
      long[] positions,
      long[] offsets,
      long[] timestamps,
      long firstAppendMillis,
      long lastAppendMillis) {

    /** An index with these entries, whole. */
    public SegmentIndex toIndex() {
      SegmentIndex index = new SegmentIndex(0);
      for (int i = 0; i < positions.length; i++) {
        index.addEntry(positions[i], offsets[i], timestamps[i]);
      }
      index.firstAppendMillis = firstAppendMillis;
      index.lastAppendMillis = lastAppendMillis;
      return index;
    }
  }
}
