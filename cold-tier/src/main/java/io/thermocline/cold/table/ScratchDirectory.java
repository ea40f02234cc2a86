package io.thermocline.cold.table;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OwnerOnly;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Local directories whose content means nothing to the next process. */
final class ScratchDirectory {
  private ScratchDirectory() {}

  /** Makes the directory if there is none, and removes the files in it. */
  static Path emptied(Path directory) {
    try {
      OwnerOnly.createDirectories(directory);
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      return directory;
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Directory %s can't be used: %s".formatted(directory, e),
          e);
    }
  }
}
