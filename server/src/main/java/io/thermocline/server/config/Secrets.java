package io.thermocline.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads what a secret's reference points to. The secret itself never stands in a configuration. */
final class Secrets {
  private Secrets() {}

  /** Checks the form of a reference: {@code env:NAME}, {@code file:PATH}, or nothing. */
  static String checkReference(String text) {
    if (!text.isEmpty() && !isReference(text)) {
      // The text itself is not repeated: it may be the secret.
      throw new IllegalArgumentException(
          "a secret is never written here: write env:NAME for a variable or file:PATH for a file");
    }
    return text;
  }

  static boolean isReference(String text) {
    return text.startsWith("env:") || text.startsWith("file:");
  }

  /**
   * What the text points to when it is a reference, itself otherwise.
   *
   * @throws IllegalArgumentException when it points to nothing
   */
  static String resolveIfReference(String text, Map<String, String> environment) {
    return isReference(text) ? resolve(text, environment).orElseThrow() : text;
  }

  /**
   * What the reference points to; empty for an empty reference.
   *
   * @throws IllegalArgumentException when it points to nothing
   */
  static Optional<String> resolve(String reference, Map<String, String> environment) {
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    if (reference.startsWith("env:")) {
      String name = reference.substring("env:".length());
      String value = environment.get(name);
      if (value == null || value.isEmpty()) {
        throw new IllegalArgumentException(
            "variable " + name + " is not set, and " + reference + " points to it");
      }
      return Optional.of(value);
    }
    Path file = Path.of(reference.substring("file:".length()));
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "file " + file + " can't be read: " + FileFailure.reason(e), e);
    }
  }
}
