package io.thermocline.hot.segment;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.NotOpenedException;
import io.thermocline.hot.disk.OpenDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The file of a segment that is being written, and how much of it is forced. One thread at a time
 * writes; any thread may force, while another writes. A force that failed is never tried again: a
 * second one would prove nothing.
 *
 * <p>Invariant: {@code forced <= written}, both at the end of a batch.
 */
public final class SegmentFile {
  private final Disk disk;
  private final Segment segment;
  private boolean exists;

  /** Opened by the writing thread; closed by it while nobody forces. */
  private volatile DiskFile file;

  /** Moved by the writing thread, after the bytes are in the file. */
  private volatile Reach written;

  /** Moved by whoever forces, one at a time, right after the force. */
  private volatile Reach forced;

  /** Why it is not forced any more. Guarded by this. */
  private IOException failure;

  /** Whether nobody wants it any more. Guarded by this. */
  private boolean discarded;

  /**
   * The end of a batch.
   *
   * @param position bytes of the file
   * @param offset one past the batch's last offset
   */
  public record Reach(long position, long offset) {}

  /**
   * @param exists whether the file is there
   * @param forced what of it is durable, and all it has
   */
  SegmentFile(Disk disk, Segment segment, boolean exists, Reach forced) {
    this.disk = disk;
    this.segment = segment;
    this.exists = exists;
    this.written = forced;
    this.forced = forced;
  }

  /** Whose file it is. */
  public Segment segment() {
    return segment;
  }

  /**
   * Opens the file, or makes it, its name durable.
   *
   * @throws NotOpenedException when that is not possible now: nothing happened, and it may be tried
   *     again
   */
  void open() throws IOException {
    if (file == null) {
      file = exists ? disk.open(segment.file()) : make();
      exists = true;
    }
  }

  /**
   * The directory is opened first: a name that was made and taken back could come back with a power
   * cut, and say of the segment before that it ends where others were since appended.
   */
  private DiskFile make() throws IOException {
    Path directory = segment.file().getParent();
    disk.createDirectories(directory);
    try (OpenDirectory names = disk.openDirectory(directory)) {
      DiskFile made = disk.create(segment.file());
      try {
        names.force();
        return made;
      } catch (IOException e) {
        made.close();
        throw e;
      }
    }
  }

  /** Writes to the open file. */
  void write(ByteBuffer bytes, long position) throws IOException {
    file.write(bytes, position);
  }

  /** All before {@code reach} was written. */
  void written(Reach reach) {
    written = reach;
  }

  /** What is durable in the file. */
  public Reach forced() {
    return forced;
  }

  /** Makes durable what was written before the call. */
  public synchronized void force() throws IOException {
    if (failure != null) {
      throw new IOException("A force of %s failed before".formatted(segment.file()), failure);
    }
    Reach reach = written;
    if (discarded || forced.position() >= reach.position()) {
      return;
    }
    if (file == null) {
      throw new IOException("%s was closed before it was forced".formatted(segment.file()));
    }
    try {
      file.force();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
    forced = reach;
  }

  /** Closes the file; harmless when it is not open. */
  public synchronized void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }

  /** Closes the file, whose content nobody wants any more. */
  public synchronized void discard() throws IOException {
    discarded = true;
    close();
  }
}
