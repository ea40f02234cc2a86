package io.thermocline.cold.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Remembers what was forced, and builds what a power cut leaves of it: names that were in a
 * directory when it was forced, and contents that a file had when it was forced. Everything else is
 * lost.
 */
final class PowerCut implements Forcing {
  private final Map<Path, Map<String, Object>> names = new HashMap<>();
  private final Map<Object, byte[]> contents = new HashMap<>();
  private long failAt = Long.MAX_VALUE;
  private long forces;

  /** Makes the {@code n}-th force from here fail, without its effect. */
  void failForce(long n) {
    failAt = forces + n;
  }

  @Override
  public synchronized void file(FileChannel channel, Path file) throws IOException {
    count();
    contents.put(inode(file), Files.readAllBytes(file));
  }

  @Override
  public synchronized void directory(Path directory) throws IOException {
    count();
    Map<String, Object> entries = new HashMap<>();
    for (Path entry : list(directory)) {
      entries.put(entry.getFileName().toString(), inode(entry));
    }
    names.put(directory, entries);
  }

  private void count() throws IOException {
    if (++forces == failAt) {
      throw new IOException("Input/output error");
    }
  }

  /** What is left of {@code directory}, laid out below {@code image}. */
  synchronized void layOut(Path directory, Path image) throws IOException {
    Files.createDirectories(image);
    for (Map.Entry<String, Object> entry : names.getOrDefault(directory, Map.of()).entrySet()) {
      Path original = directory.resolve(entry.getKey());
      Path copy = image.resolve(entry.getKey());
      if (names.containsKey(original) || Files.isDirectory(original)) {
        layOut(original, copy);
      } else {
        Files.write(copy, contents.getOrDefault(entry.getValue(), new byte[0]));
      }
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  private static Object inode(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
