package io.thermocline.hot.journal;

import io.thermocline.hot.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's two files, written before they are used and used again and again:
 *
 * <pre>
 *   active   takes the frames           --- it is full, or its turn is over -->  retired
 *   retired  a checkpoint forces the segments of all who have bytes in it    -->  spare
 *   spare    free; becomes the active one
 * </pre>
 *
 * <p>Not thread-safe.
 */
final class JournalFiles {
  private static final Logger LOG = LoggerFactory.getLogger(JournalFiles.class);

  private final Disk disk;
  private final Path directory;
  private JournalFile active;

  /** Null while the other one is {@link #retired}. */
  private JournalFile spare;

  private JournalFile retired;

  private JournalFiles(Disk disk, Path directory, JournalFile active, JournalFile spare) {
    this.disk = disk;
    this.directory = directory;
    this.active = active;
    this.spare = spare;
  }

  /** Where they lie. */
  static List<Path> paths(Path directory) {
    return List.of(directory.resolve("journal-0"), directory.resolve("journal-1"));
  }

  /**
   * Makes both, with their names durable.
   *
   * @param bytes of each
   * @throws IOException and whatever else making a file throws; nothing is left of it then, unless
   *     it can't be deleted: the next start does that
   */
  static JournalFiles make(Disk disk, Path directory, long bytes) throws IOException {
    List<JournalFile> made = new ArrayList<>();
    try {
      for (Path path : paths(directory)) {
        made.add(JournalFile.make(disk, path, bytes));
      }
      disk.forceDirectory(directory);
      return new JournalFiles(disk, directory, made.get(0), made.get(1));
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      remove(disk, directory, made);
      throw e;
    }
  }

  /** The one that takes frames. */
  JournalFile active() {
    return active;
  }

  /** Whether the other one is free, so that {@link #retire} may be called. */
  boolean hasSpare() {
    return spare != null;
  }

  /**
   * The spare one becomes the active one.
   *
   * @return who has to force a segment before {@link #free} may be called
   */
  List<JournalUser> retire() {
    retired = active;
    active = spare;
    spare = null;
    return List.copyOf(retired.users());
  }

  /** All in the retired one is durable elsewhere: it becomes the spare one. */
  void free() {
    retired.recycle();
    spare = retired;
    retired = null;
  }

  /** Who has bytes in any of them. */
  List<JournalUser> users() {
    return open().stream().flatMap(file -> file.users().stream()).toList();
  }

  /** Closes them; they stay where they are. */
  void close() throws IOException {
    closeAll(open());
  }

  /** Closes and deletes them, which were never used. */
  void remove() {
    remove(disk, directory, open());
  }

  private List<JournalFile> open() {
    return spare == null ? List.of(active, retired) : List.of(active, spare);
  }

  private static void remove(Disk disk, Path directory, List<JournalFile> files) {
    try {
      closeAll(files);
      delete(disk, directory);
    } catch (IOException e) {
      LOG.warn("Unused journal files are deleted at the next start: directory={}", directory, e);
    }
  }

  private static void closeAll(List<JournalFile> files) throws IOException {
    for (JournalFile file : files) {
      file.close();
    }
  }

  /** Deletes the files of a directory, durably; harmless when there are none. */
  static void delete(Disk disk, Path directory) throws IOException {
    boolean deleted = false;
    for (Path path : paths(directory)) {
      deleted |= disk.exists(path);
      disk.delete(path);
    }
    if (deleted) {
      disk.forceDirectory(directory);
    }
  }
}
