package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of the documents that is made from the sources. A test compares it, so that it stays true;
 * {@code ./mvnw test -Dregenerate} writes it anew.
 */
public final class GeneratedPage {
  private GeneratedPage() {}

  /**
   * Fails when the page differs from {@code expected}; writes it instead under {@code
   * -Dregenerate}.
   *
   * @param page relative to the repository's root, as in {@code docs/reference/policies.md}
   */
  public static void assertCurrent(String page, String expected) throws IOException {
    Path file = root().resolve(page);
    if (System.getProperty("regenerate") != null) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
      return;
    }
    assertThat(file).as("%s: make it with ./mvnw test -Dregenerate", page).exists();
    assertThat(Files.readString(file))
        .as("%s is out of date: make it anew with ./mvnw test -Dregenerate", page)
        .isEqualTo(expected);
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException(
            "Not inside the repository: " + Path.of("").toAbsolutePath());
      }
    }
    return folder;
  }
}
