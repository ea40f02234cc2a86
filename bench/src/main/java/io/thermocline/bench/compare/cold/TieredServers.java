package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Arena;
import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.WorkDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The servers with tiering on that a case starts for itself, one for each side. */
final class TieredServers {
  private final String name;
  private final ColdStore store;
  private final Map<String, String> ourSettings;
  private final Map<String, Running> running = new HashMap<>();

  private record Running(Broker broker, Map<String, String> settings, Optional<S3Process> s3) {}

  /**
   * @param name of the case, and of its directories
   * @param store where our colder tier lies
   * @param ourSettings of our server, beside its defaults
   */
  TieredServers(String name, ColdStore store, Map<String, String> ourSettings) {
    this.name = name;
    this.store = store;
    this.ourSettings = ourSettings;
  }

  /** Starts the side's server, and what it needs. */
  Broker start(Arena arena) throws IOException {
    Path directory = directory(arena);
    Map<String, String> settings = new HashMap<>(arena.contender().tieringSettings(directory));
    Optional<S3Process> s3 = arena.isOurs() ? store.start(arena, objects(arena)) : Optional.empty();
    if (arena.isOurs()) {
      settings.putAll(ourSettings);
    }
    if (s3.isPresent()) {
      settings.putAll(s3.get().settings());
    }
    return start(arena, settings, s3);
  }

  private Broker start(Arena arena, Map<String, String> settings, Optional<S3Process> s3)
      throws IOException {
    Broker broker = arena.contender().start(directory(arena), settings);
    running.put(arena.contender().name(), new Running(broker, settings, s3));
    return broker;
  }

  /** Stops the side's server and starts it again, with nothing in its memory. */
  Broker restart(Arena arena) throws IOException {
    Running before = running.get(arena.contender().name());
    before.broker().close();
    return start(arena, before.settings(), before.s3());
  }

  /** The side's server. */
  Broker of(Arena arena) {
    return running.get(arena.contender().name()).broker();
  }

  /** Stops what runs for a side and deletes what it stored. */
  void close(Arena arena) throws IOException {
    Running ended = running.remove(arena.contender().name());
    if (ended != null) {
      ended.broker().close();
      if (ended.s3().isPresent()) {
        ended.s3().get().close();
      }
    }
    WorkDirectory.delete(directory(arena));
    WorkDirectory.delete(objects(arena));
  }

  /** Where a side's server stores, locally. */
  Path directory(Arena arena) {
    return arena.directory().resolve(name);
  }

  /** Where the S3 server does, if there is one. */
  Path objects(Arena arena) {
    return arena.directory().resolve(name + "-objects");
  }
}
