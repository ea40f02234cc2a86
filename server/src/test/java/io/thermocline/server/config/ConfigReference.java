package io.thermocline.server.config;

import java.util.stream.Collectors;

/** The reference page of the configuration, made from the keys themselves. */
final class ConfigReference {
  private ConfigReference() {}

  static String page() {
    return """
        # Configuration

        Made from the sources by `./mvnw test -Dregenerate`; do not edit.

        `thermocline serve` needs none. A value comes from, the later counting: its default, the YAML file given by
        `--config`, the environment, `--set key=value`. In the file keys are nested, as in `grpc: { port: 7400 }`. An unknown
        key, a key that stands twice and a bad value are errors, all told at once. `thermocline config explain` prints each
        effective value and where it came from. Secrets are references, `env:NAME` or `file:PATH`, and are never printed.

        | key | value | default | environment | |
        |---|---|---|---|---|
        """
        + ConfigKeys.ALL.stream().map(ConfigReference::row).collect(Collectors.joining());
  }

  private static String row(ConfigKey<?> key) {
    return "| `%s` | %s | %s | `%s` | %s |%n"
        .formatted(
            key.name(),
            key.kind(),
            key.defaultText().isEmpty() ? "" : "`" + key.defaultText() + "`",
            key.environmentVariable(),
            key.description())
        .replace(System.lineSeparator(), "\n");
  }
}
