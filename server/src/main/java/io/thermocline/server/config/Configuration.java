package io.thermocline.server.config;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The effective configuration: for each key its value, and where that came from. What is later in
 * this list counts: default, file, environment, {@code --set}.
 *
 * <p>One exists only when every value of every source is good.
 */
public final class Configuration {

  /**
   * A value as it was written.
   *
   * @param text what was written
   * @param source where, as in {@code thermocline.yaml:12:3}
   */
  record Written(String text, String source) {}

  /**
   * A line of {@code config explain}.
   *
   * @param value as written; secrets are references, and shown as such
   */
  public record Explained(String key, String value, String source) {}

  private final Map<String, Written> written;
  private final Map<String, Object> values;
  private final Map<String, String> environment;

  private Configuration(
      Map<String, Written> written, Map<String, Object> values, Map<String, String> environment) {
    this.written = written;
    this.values = values;
    this.environment = environment;
  }

  /**
   * Reads all sources.
   *
   * @param file the YAML file, if there is one
   * @param environment variables; those that begin with {@code THERMOCLINE_} are read
   * @param sets {@code key=value} each
   * @throws ThermoclineException {@link ErrorKind#INVALID} with every problem of every source, a
   *     line each
   */
  public static Configuration load(
      Optional<Path> file, Map<String, String> environment, List<String> sets) {
    List<String> problems = new ArrayList<>();
    Map<String, Written> written = new LinkedHashMap<>();
    file.ifPresent(path -> ConfigFile.read(path, written, problems));
    readEnvironment(environment, written, problems);
    readSets(sets, written, problems);
    Map<String, Object> values = new LinkedHashMap<>();
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      Written text = written.computeIfAbsent(key.name(), name -> byDefault(key));
      try {
        values.put(key.name(), key.parser().parse(text.text()));
      } catch (IllegalArgumentException e) {
        problems.add(text.source() + ": " + key.name() + ": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Bad configuration:\n  " + String.join("\n  ", problems));
    }
    return new Configuration(written, values, Map.copyOf(environment));
  }

  private static Written byDefault(ConfigKey<?> key) {
    return new Written(key.defaultText(), "default");
  }

  private static void readEnvironment(
      Map<String, String> environment, Map<String, Written> written, List<String> problems) {
    Map<String, String> keyOfVariable = new LinkedHashMap<>();
    ConfigKeys.ALL.forEach(key -> keyOfVariable.put(key.environmentVariable(), key.name()));
    environment.forEach(
        (variable, text) -> {
          if (!variable.startsWith(EnvironmentNames.PREFIX)
              || EnvironmentNames.RESERVED.contains(variable)) {
            return;
          }
          String key = keyOfVariable.get(variable);
          if (key == null) {
            problems.add(
                "environment: unknown variable "
                    + variable
                    + ConfigKeys.didYouMean(variable, keyOfVariable.keySet()));
          } else {
            written.put(key, new Written(text, "environment " + variable));
          }
        });
  }

  private static void readSets(
      List<String> sets, Map<String, Written> written, List<String> problems) {
    for (String set : sets) {
      int equals = set.indexOf('=');
      String key = equals < 0 ? set : set.substring(0, equals);
      if (equals < 0) {
        problems.add("--set " + set + ": write key=value");
      } else if (!ConfigKeys.names().contains(key)) {
        problems.add("--set: unknown key " + key + ConfigKeys.didYouMean(key, ConfigKeys.names()));
      } else {
        written.put(key, new Written(set.substring(equals + 1), "--set"));
      }
    }
  }

  /** The value of a key. */
  @SuppressWarnings("unchecked") // load() put in what the key's own parser made.
  public <T> T get(ConfigKey<T> key) {
    return (T) values.get(key.name());
  }

  /**
   * What a secret's reference points to, if one is set.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} when it points to nothing
   */
  public Optional<String> secret(ConfigKey<String> key) {
    try {
      return Secrets.resolve(get(key), environment);
    } catch (IllegalArgumentException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Bad configuration: " + key.name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Properties with what their references point to.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} when one points to nothing
   */
  public Map<String, String> properties(ConfigKey<Map<String, String>> key) {
    Map<String, String> resolved = new LinkedHashMap<>();
    get(key)
        .forEach(
            (name, value) -> {
              try {
                resolved.put(name, Secrets.resolveIfReference(value, environment));
              } catch (IllegalArgumentException e) {
                throw new ThermoclineException(
                    ErrorKind.INVALID,
                    "Bad configuration: %s: %s: %s".formatted(key.name(), name, e.getMessage()),
                    e);
              }
            });
    return resolved;
  }

  /**
   * Every key with its effective value and where it came from, in the order of the reference page.
   */
  public List<Explained> explain() {
    return ConfigKeys.ALL.stream()
        .map(
            key -> {
              Written text = written.get(key.name());
              return new Explained(key.name(), text.text(), text.source());
            })
        .toList();
  }
}
