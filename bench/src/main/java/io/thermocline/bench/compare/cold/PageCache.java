package io.thermocline.bench.compare.cold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The platform's copy of files in memory. */
final class PageCache {
  private PageCache() {}

  /**
   * Lets go of what is kept of all files in a directory and below. What is not on disk yet stays.
   */
  static void forget(Path directory) throws IOException, InterruptedException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      int status =
          new ProcessBuilder("dd", "if=" + file, "iflag=nocache", "count=0", "status=none")
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new IOException(
            "dd of GNU coreutils is needed to drop %s from memory; it ended with %d"
                .formatted(file, status));
      }
    }
  }
}
