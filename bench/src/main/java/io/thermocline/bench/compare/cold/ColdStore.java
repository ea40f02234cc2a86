package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Arena;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What our colder tier lies in. The peer's is always a directory. */
enum ColdStore {
  /** Files. */
  DIRECTORY("a directory"),
  /** Objects of an S3 server. */
  S3("an S3 server on this machine"),
  /** The same; each request takes 30 ms more. */
  SLOW_S3("an S3 server on this machine, 30 ms added to each request");

  private static final Duration DELAY = Duration.ofMillis(30);

  private final String description;

  ColdStore(String description) {
    this.description = description;
  }

  /** As in "ours is in ...". */
  String description() {
    return description;
  }

  /** Starts the server it needs; empty where it needs none. */
  Optional<S3Process> start(Arena arena, Path directory) throws IOException {
    return switch (this) {
      case DIRECTORY -> Optional.empty();
      case S3 -> Optional.of(S3Process.start(arena.home(), directory, Duration.ZERO));
      case SLOW_S3 -> Optional.of(S3Process.start(arena.home(), directory, DELAY));
    };
  }
}
