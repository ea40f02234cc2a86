package io.thermocline.hot.segment;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.NotOpenedException;
import io.thermocline.model.SegmentLimits;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes the active segment: headers and small payloads are gathered, large payloads go from the
 * caller's buffer to the file as they are. Its file is made before the first batch. For one thread
 * at a time; after an exception of another method than {@link #open} it is not used again.
 */
public final class SegmentWriter {
  private static final int STAGING_BYTES = 256 * 1024;
  private static final int COPIED_AT_MOST = 64 * 1024;

  private static final ThreadLocal<ByteBuffer> STAGING =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STAGING_BYTES));

  private final Segment segment;
  private final SegmentIndex index;
  private final SegmentFile file;

  /** Where the next batch goes. */
  private long position;

  /** Where the gathered bytes go. */
  private long flushedTo;

  private long nextOffset;
  private long firstAppendMillis;

  /**
   * @param exists whether the segment's file is there
   * @param firstAppendMillis append time of the batch it begins with, when it has one
   */
  public SegmentWriter(
      Disk disk,
      Segment segment,
      SegmentIndex index,
      boolean exists,
      long position,
      long nextOffset,
      long firstAppendMillis) {
    this.segment = segment;
    this.index = index;
    this.file = new SegmentFile(disk, segment, exists, new SegmentFile.Reach(position, nextOffset));
    this.position = position;
    this.flushedTo = position;
    this.nextOffset = nextOffset;
    this.firstAppendMillis = firstAppendMillis;
  }

  /** Makes an empty segment, its name durable. */
  public static SegmentWriter create(Disk disk, Segment segment, SegmentIndex index)
      throws IOException {
    SegmentWriter writer = new SegmentWriter(disk, segment, index, false, 0, segment.base(), 0);
    writer.open();
    return writer;
  }

  /**
   * Opens the file, or makes it; harmless when it is open.
   *
   * @throws NotOpenedException when that is not possible now: nothing happened, and the writer may
   *     be used again
   */
  public void open() throws IOException {
    file.open();
  }

  /**
   * Takes a batch, the file being open; it is there after {@link #flush}.
   *
   * @param header begins at {@link #nextOffset}
   */
  public void append(BatchHeader header, ByteBuffer payload) throws IOException {
    int size = payload.remaining();
    ByteBuffer staging = staging();
    boolean copied = size <= COPIED_AT_MOST;
    if (staging.remaining() < BatchHeader.BYTES + (copied ? size : 0)) {
      flushStaging();
    }
    header.write(staging, segment.stamp(), position);
    if (copied) {
      staging.put(payload.duplicate());
    } else {
      flushStaging();
      file.write(payload.duplicate(), flushedTo);
      flushedTo += size;
    }
    index.add(position, header);
    if (position == 0) {
      firstAppendMillis = header.appendTimeMillis();
    }
    position += header.totalBytes();
    nextOffset = header.nextOffset();
  }

  private ByteBuffer staging() {
    ByteBuffer staging = STAGING.get();
    if (position == flushedTo) {
      staging.clear();
    }
    return staging;
  }

  private void flushStaging() throws IOException {
    ByteBuffer staging = STAGING.get();
    staging.flip();
    int size = staging.remaining();
    file.write(staging, flushedTo);
    flushedTo += size;
    staging.clear();
  }

  /** Puts all that was taken into the file. On the thread that called {@link #append}. */
  public void flush() throws IOException {
    if (flushedTo < position) {
      flushStaging();
    }
    file.written(new SegmentFile.Reach(position, nextOffset));
  }

  /** Whether {@code bytes} more would be too much, or it is too old. */
  public boolean isDue(SegmentLimits limits, long bytes, long nowMillis) {
    return position > 0
        && (position + bytes > limits.maxBytes()
            || nowMillis - firstAppendMillis >= limits.maxAge().toMillis());
  }

  /** The segment that is written. */
  public Segment segment() {
    return segment;
  }

  /** Its index, which takes in each batch with {@link #append}. */
  public SegmentIndex index() {
    return index;
  }

  /** Bytes of the segment, those not yet flushed too. */
  public long position() {
    return position;
  }

  /** The offset that the next batch begins at. */
  public long nextOffset() {
    return nextOffset;
  }

  /** Its file, for whoever forces and closes it. */
  public SegmentFile file() {
    return file;
  }
}
