package io.thermocline.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.regex.Pattern;

/**
 * Iceberg's properties for a catalog, as they are written in a configuration: {@code name=value},
 * separated by white space. What is secret stands there as a reference only.
 */
final class CatalogProperties {
  /** Names whose values Iceberg's catalogs and their clients take for secret. */
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(password|secret|token|credential|api-key|private-key).*");

  /** Names that sound so and are not: where tokens come from, and how long they live. */
  private static final Pattern TOLD =
      Pattern.compile("(?i).*(uri|url|endpoint|enabled|provider|-ms|type|issuer|audience|name)");

  /** Addresses with a password in them. */
  private static final Pattern TELLS =
      Pattern.compile("(?i).*((password|secret|token)=|://[^/@]*:[^/@]*@).*");

  private CatalogProperties() {}

  /**
   * The properties in their order, references unresolved.
   *
   * @throws IllegalArgumentException when one is not {@code name=value}, stands there twice, or is
   *     a secret; the value is not repeated
   */
  static Map<String, String> parse(String text) {
    Map<String, String> properties = new LinkedHashMap<>();
    StringTokenizer words = new StringTokenizer(text);
    while (words.hasMoreTokens()) {
      String word = words.nextToken();
      int equals = word.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(
            "property %d is not name=value; a value with spaces in it goes into a variable or file: name=env:NAME"
                .formatted(properties.size() + 1));
      }
      String name = word.substring(0, equals);
      String value = word.substring(equals + 1);
      if (isSecret(name, value) && !Secrets.isReference(value)) {
        throw new IllegalArgumentException(
            name
                + " is secret and never written here: write env:NAME for a variable or file:PATH"
                + " for a file");
      }
      if (properties.putIfAbsent(name, value) != null) {
        throw new IllegalArgumentException(name + " stands there twice");
      }
    }
    return properties;
  }

  private static boolean isSecret(String name, String value) {
    return TELLS.matcher(value).matches()
        || (SECRET.matcher(name).matches() && !TOLD.matcher(name).matches());
  }
}
