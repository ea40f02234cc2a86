package io.thermocline.hot.segment;

import io.thermocline.hot.disk.DiskFile;
import io.thermocline.model.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds batches in a segment file, header by header, and gets back in step after damage: by the
 * magic, then by the header's checksum, which knows the position. Not thread-safe.
 */
public final class BatchScan {
  private static final int WINDOW_BYTES = 64 * 1024;

  private final DiskFile file;
  private final HeaderRule rule;
  private final long limit;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
  private long windowAt;

  /** What counts as a header. */
  interface HeaderRule {
    /**
     * The header at index {@code at} of {@code bytes}, which lies at {@code position} of the file.
     *
     * @return null when there is none
     */
    BatchHeader read(ByteBuffer bytes, int at, long position);
  }

  /**
   * @param limit bytes of the file that count
   */
  public BatchScan(DiskFile file, LogStamp stamp, long limit) {
    this(file, (bytes, at, position) -> BatchHeader.parse(bytes, at, stamp, position), limit);
  }

  /**
   * @param limit bytes of the file that count
   */
  BatchScan(DiskFile file, HeaderRule rule, long limit) {
    this.file = file;
    this.rule = rule;
    this.limit = limit;
    window.limit(0);
  }

  /** A batch whose header is right and whose payload lies wholly before the limit. */
  public record Found(long position, BatchHeader header) {
    /** Where the next batch begins. */
    public long end() {
      return position + header.totalBytes();
    }
  }

  /**
   * The batch at exactly {@code position}.
   *
   * @return null when there is none
   */
  public Found at(long position) throws IOException {
    BatchHeader header = headerAt(position);
    return header == null || header.totalBytes() > limit - position
        ? null
        : new Found(position, header);
  }

  /**
   * The header at exactly {@code position}, wherever its payload ends.
   *
   * @return null when there is none
   */
  BatchHeader headerAt(long position) throws IOException {
    if (limit - position < BatchHeader.BYTES) {
      return null;
    }
    load(position);
    int at = (int) (position - windowAt);
    return window.limit() - at < BatchHeader.BYTES ? null : rule.read(window, at, position);
  }

  /**
   * The first batch at or after {@code position}, wherever it begins.
   *
   * @return null when there is none
   */
  public Found next(long position) throws IOException {
    for (long at = position; limit - at >= BatchHeader.BYTES; at++) {
      load(at);
      int index = (int) (at - windowAt);
      int last = window.limit() - BatchHeader.BYTES;
      if (index > last) {
        return null;
      }
      while (index < last && !BatchHeader.magicAt(window, index)) {
        index++;
      }
      at = windowAt + index;
      Found found = at(at);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /**
   * The batch itself.
   *
   * @return null when the payload is not what the producer sent
   */
  public RecordBatch batch(Found found) throws IOException {
    ByteBuffer payload = ByteBuffer.allocate(found.header().payloadBytes());
    int read = file.read(payload, found.position() + BatchHeader.BYTES);
    return read < payload.capacity() ? null : found.header().intactBatch(payload.flip());
  }

  /** Makes the window hold a whole header at {@code position}, where the file has one. */
  private void load(long position) throws IOException {
    if (position >= windowAt && position + BatchHeader.BYTES <= windowAt + window.limit()) {
      return;
    }
    window.clear().limit((int) Math.min(WINDOW_BYTES, limit - position));
    int read = file.read(window, position);
    window.limit(read).position(0);
    windowAt = position;
  }
}
