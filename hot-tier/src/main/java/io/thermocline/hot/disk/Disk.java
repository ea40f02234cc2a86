package io.thermocline.hot.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file system as the hot tier uses it, and nothing more, so that tests can put a faulty one in
 * its place. Thread-safe. Nothing here survives a power cut before it is forced: a file's bytes by
 * {@link DiskFile#force}, its name, rename or deletion by {@link #forceDirectory}.
 *
 * <p>Where something can't be opened or made, and nothing was done, that is a {@link
 * NotOpenedException}. A name that is taken, or missing, is not: no later attempt would succeed.
 */
public interface Disk {

  /** Makes a new empty file, readable by its owner only; an error when the name is taken. */
  DiskFile create(Path file) throws IOException;

  /** Opens an existing file to read and write. */
  DiskFile open(Path file) throws IOException;

  /** Opens an existing file to read. */
  DiskFile openToRead(Path file) throws IOException;

  /** Renames a file or directory; an existing file of that name is replaced in one step. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file or an empty directory; harmless when there is none. */
  void delete(Path path) throws IOException;

  /** Opens a directory to make names in it durable. */
  OpenDirectory openDirectory(Path directory) throws IOException;

  /** Makes the names in a directory durable. */
  default void forceDirectory(Path directory) throws IOException {
    try (OpenDirectory open = openDirectory(directory)) {
      open.force();
    }
  }

  /** Makes a directory and its missing parents; they are durable afterwards, also those there. */
  void createDirectories(Path directory) throws IOException;

  /** What lies in a directory, in name order; empty when there is no such directory. */
  List<Entry> list(Path directory) throws IOException;

  /** Whether there is a file or directory of that name. */
  boolean exists(Path path);

  /** Bytes this process may still write on the file system that holds {@code path}. */
  long usableBytes(Path path) throws IOException;

  /**
   * A name in a directory.
   *
   * @param bytes its size; 0 for a directory
   */
  record Entry(Path path, boolean directory, long bytes) {
    public String name() {
      return path.getFileName().toString();
    }
  }
}
