package io.thermocline.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * What lies in a directory that a running server changes. {@link Files#walk} fails over a file that
 * goes between two of its calls; here it is passed over.
 */
public final class FilesBelow {
  private FilesBelow() {}

  /** What is done with one. */
  public interface Action {
    void with(Path path) throws IOException;
  }

  /** All files below it, in the order of their names. */
  public static List<Path> of(Path directory) throws IOException {
    return all(directory).stream().filter(path -> !Files.isDirectory(path)).sorted().toList();
  }

  /** Does something with each file and directory that is still there, itself the first. */
  public static void each(Path directory, Action action) throws IOException {
    for (Path path : all(directory)) {
      try {
        action.with(path);
      } catch (NoSuchFileException gone) {
        if (Files.exists(path)) {
          throw gone;
        }
      }
    }
  }

  private static List<Path> all(Path directory) throws IOException {
    List<Path> all = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            all.add(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            all.add(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
            if (e instanceof NoSuchFileException && !path.equals(directory)) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, IOException e) throws IOException {
            return e == null ? FileVisitResult.CONTINUE : visitFileFailed(path, e);
          }
        });
    return all;
  }
}
