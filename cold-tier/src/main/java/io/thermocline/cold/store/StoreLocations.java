package io.thermocline.cold.store;

import java.util.Optional;

/** Takes locations apart. */
final class StoreLocations {
  private StoreLocations() {}

  /** What follows {@code base} and a slash; the empty key for the base itself. */
  static Optional<String> below(String base, String path) {
    if (path.equals(base) || path.equals(base + "/")) {
      return Optional.of("");
    }
    String folder = base.endsWith("/") ? base : base + "/";
    return path.startsWith(folder)
        ? Optional.of(path.substring(folder.length()))
        : Optional.empty();
  }
}
