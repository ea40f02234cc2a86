package io.thermocline.server.config;

import java.util.Locale;
import java.util.Set;

/** How configuration keys are named in the environment. */
final class EnvironmentNames {
  static final String PREFIX = "THERMOCLINE_";

  /** Variables with our prefix that are no configuration keys: the client's and the launcher's. */
  static final Set<String> RESERVED =
      Set.of("THERMOCLINE_SERVER", "THERMOCLINE_JAVA_OPTS", "THERMOCLINE_CONFIG");

  private EnvironmentNames() {}

  static String of(String key) {
    return PREFIX
        + key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
  }
}
