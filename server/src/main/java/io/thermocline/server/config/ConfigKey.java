package io.thermocline.server.config;

import java.util.Objects;

/**
 * One key of the configuration.
 *
 * @param name dotted, as in {@code grpc.port}
 * @param kind what is written there, in words for the reference page
 * @param defaultText as one would write it
 * @param description one or two sentences for the reference page
 * @param parser of a text into the value; throws {@link IllegalArgumentException} saying what is
 *     wrong with it
 * @param secret whether the value is never shown
 */
public record ConfigKey<T>(
    String name,
    String kind,
    String defaultText,
    String description,
    Parser<T> parser,
    boolean secret) {

  /** Reads a value from its text. */
  @FunctionalInterface
  public interface Parser<T> {
    /** The value, or {@link IllegalArgumentException}. */
    T parse(String text);
  }

  public ConfigKey {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(parser, "parser");
  }

  /**
   * The variable of the environment that sets it: {@code storage.s3.pathStyle} is {@code
   * THERMOCLINE_STORAGE_S3_PATH_STYLE}.
   */
  public String environmentVariable() {
    return EnvironmentNames.of(name);
  }
}
