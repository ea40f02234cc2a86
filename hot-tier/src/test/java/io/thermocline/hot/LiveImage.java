package io.thermocline.hot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Copies of the directory of a tier that goes on meanwhile. */
final class LiveImage {
  private LiveImage() {}

  /** What is done to each file that was copied. */
  interface Change {
    void to(Path copy) throws IOException;
  }

  static Path copy(Path from, Path to) {
    return copy(from, to, copied -> {});
  }

  /** What may be newer than the rest, as it is forced later, is copied later. */
  static Path copy(Path from, Path to, Change change) {
    try {
      Files.createDirectory(to);
      for (String first : List.of("checkpoint", "journal-0", "journal-1")) {
        if (Files.exists(from.resolve(first))) {
          Files.copy(from.resolve(first), to.resolve(first));
        }
      }
      Files.walkFileTree(
          from,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                throws IOException {
              Files.createDirectories(to.resolve(from.relativize(path)));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException gone) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
                throws IOException {
              Path copied = to.resolve(from.relativize(path));
              if (!path.toString().endsWith(".new") && !Files.exists(copied)) {
                Files.copy(path, copied);
                change.to(copied);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }
}
