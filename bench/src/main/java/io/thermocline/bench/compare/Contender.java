package io.thermocline.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A system that can be compared: knows how its server is started. */
public interface Contender {
  /** A word for tables and directories. */
  String name();

  /**
   * Starts a server in a process of its own, on free ports of the loopback address, and waits until
   * it takes connections. The process ends with this one, however this one ends.
   *
   * @param directory for all it stores, which may hold what an earlier server left there
   * @param settings beside its defaults, in its own words
   */
  Broker start(Path directory, Map<String, String> settings) throws IOException;

  /**
   * Settings of a server whose topics may have a colder tier, in a directory below this one; none
   * where it is there by default.
   */
  default Map<String, String> tieringSettings(Path directory) {
    return Map.of();
  }
}
