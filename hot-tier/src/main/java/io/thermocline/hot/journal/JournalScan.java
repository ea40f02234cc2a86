package io.thermocline.hot.journal;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Goes through a journal file from front to back, frame by frame. What lies between frames is left
 * out: zeros, and what is left of a frame of an earlier turn. Reads only; for one thread.
 */
public final class JournalScan implements AutoCloseable {
  private final Path path;
  private final DiskFile file;
  private final OptionalLong id;
  private final long size;
  private final ByteBuffer window = ByteBuffer.allocate(Frame.MAX_BYTES).limit(0);
  private long windowAt;
  private long position = Frame.BLOCK_BYTES;

  /** Something at a frame's place. */
  public sealed interface Part permits Whole, Torn {
    /** Where it begins in the file. */
    long position();

    /** As many as it says it has. */
    long bytes();
  }

  /** A frame as it was written. */
  public record Whole(long position, long bytes, List<JournalReplay.Entry> entries)
      implements Part {
    public Whole {
      entries = List.copyOf(entries);
    }
  }

  /**
   * The front of a frame whose checksum does not match: it was being written when the power failed,
   * or it is damaged.
   */
  public record Torn(Path file, long position, long bytes) implements Part {}

  private JournalScan(Path path, DiskFile file) throws IOException {
    this.path = path;
    this.file = file;
    this.id = JournalFile.idOf(file, path);
    this.size = file.size();
  }

  /**
   * Opens a journal file.
   *
   * @throws ThermoclineException {@link io.thermocline.model.ErrorKind#CORRUPT} when it does not
   *     begin as one does, {@link io.thermocline.model.ErrorKind#FAILED_PRECONDITION} when a newer
   *     version wrote it
   */
  public static JournalScan open(Disk disk, Path path) throws IOException {
    DiskFile file = disk.openToRead(path);
    try {
      return new JournalScan(path, file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** As {@link #open(Disk, Path)}, on the real file system. */
  public static JournalScan open(Path path) throws IOException {
    return open(new LocalDisk(), path);
  }

  /** Whether a file has a journal's name, or begins as one does. */
  public static boolean isJournal(Path path) throws IOException {
    if (JournalFiles.paths(path.toAbsolutePath().getParent()).contains(path.toAbsolutePath())) {
      return true;
    }
    try (DiskFile file = new LocalDisk().openToRead(path)) {
      return JournalFile.isOne(file);
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Its bytes. */
  public long size() {
    return size;
  }

  /** Whether it was ever finished; one that was not has no frames. */
  public boolean isFinished() {
    return id.isPresent();
  }

  /**
   * The next frame; empty at the end.
   *
   * @throws ThermoclineException {@link io.thermocline.model.ErrorKind#CORRUPT} when one makes no
   *     sense though its checksum matches
   */
  public Optional<Part> next() throws IOException {
    while (id.isPresent() && position < size) {
      int index = load();
      int length = Frame.lengthAt(window, index);
      List<Frame.Found> frame = Frame.read(window, index, id.getAsLong(), position);
      long at = position;
      position += frame.isEmpty() ? Frame.BLOCK_BYTES : Frame.padded(length);
      if (!frame.isEmpty()) {
        return Optional.of(
            new Whole(
                at,
                length,
                frame.stream()
                    .map(each -> new JournalReplay.Entry(each.place(), path, at + each.at()))
                    .toList()));
      }
      if (length > 0) {
        return Optional.of(new Torn(path, at, length));
      }
    }
    return Optional.empty();
  }

  /**
   * Makes the window hold the whole frame that may begin at the position.
   *
   * @return the position's index in the window
   */
  private int load() throws IOException {
    int index = (int) (position - windowAt);
    int length = index < window.limit() ? Frame.lengthAt(window, index) : 0;
    if (index + Math.max(length, Frame.HEADER_BYTES) > window.limit()) {
      window.clear();
      window.limit(file.read(window, position)).position(0);
      windowAt = position;
      return 0;
    }
    return index;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
