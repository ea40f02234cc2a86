package io.thermocline.server;

import io.thermocline.server.config.Configuration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that every command with a configuration has. */
public final class ConfigurationOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "YAML file; every key is in docs/reference/configuration.md.",
      defaultValue = "${env:THERMOCLINE_CONFIG}")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One key of the configuration; beats the file and the environment.")
  private List<String> sets = new ArrayList<>();

  /** The configuration they make with the file and the environment. */
  Configuration load() {
    return load(Optional.empty());
  }

  /**
   * The configuration they make with the file and the environment.
   *
   * @param last a {@code KEY=VALUE} that beats all others
   */
  public Configuration load(Optional<String> last) {
    List<String> all = new ArrayList<>(sets);
    last.ifPresent(all::add);
    return Configuration.load(Optional.ofNullable(file), System.getenv(), all);
  }
}
