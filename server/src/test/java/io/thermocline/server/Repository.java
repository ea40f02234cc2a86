package io.thermocline.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the checkout that are no sources: pages, and what {@code deploy/} holds. */
final class Repository {
  private Repository() {}

  static Path file(String path) {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException(
            "Not inside the repository: " + Path.of("").toAbsolutePath());
      }
    }
    return folder.resolve(path);
  }

  static String text(String path) throws IOException {
    return Files.readString(file(path));
  }
}
