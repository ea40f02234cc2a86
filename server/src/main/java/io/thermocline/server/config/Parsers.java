package io.thermocline.server.config;

import io.thermocline.model.Units;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * The types of configuration values. Each throws {@link IllegalArgumentException} saying what is
 * wrong.
 */
final class Parsers {
  private Parsers() {}

  static int port(String text) {
    return integer(0, 65_535).parse(text);
  }

  static ConfigKey.Parser<Integer> integer(int min, int max) {
    return text -> {
      int value;
      try {
        value = Integer.parseInt(text.strip());
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
      }
      if (value < min || value > max) {
        throw new IllegalArgumentException(value + " is out of range: from " + min + " to " + max);
      }
      return value;
    };
  }

  static ConfigKey.Parser<Long> bytes(long min) {
    return text -> {
      long value = Units.parseBytes(text);
      if (value < min) {
        throw new IllegalArgumentException(
            "'" + text + "' is too small: at least " + Units.exactBytes(min));
      }
      return value;
    };
  }

  /** A size, or nothing for the word {@code word}. */
  static ConfigKey.Parser<OptionalLong> bytesOr(String word) {
    return text -> text.equals(word) ? OptionalLong.empty() : OptionalLong.of(bytes(0).parse(text));
  }

  /** A whole number of at least 1, or a word that means none. */
  static ConfigKey.Parser<OptionalLong> countOr(String word) {
    ConfigKey.Parser<Integer> number = integer(1, Integer.MAX_VALUE);
    return text -> text.equals(word) ? OptionalLong.empty() : OptionalLong.of(number.parse(text));
  }

  static ConfigKey.Parser<Duration> duration(Duration min) {
    return text -> {
      Duration value = Units.parseDuration(text);
      if (value.compareTo(min) < 0) {
        throw new IllegalArgumentException(
            "'" + text + "' is too short: at least " + Units.exactDuration(min));
      }
      return value;
    };
  }

  static boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
  }

  static ConfigKey.Parser<String> oneOf(List<String> words) {
    return text -> {
      if (!words.contains(text)) {
        throw new IllegalArgumentException(
            "'" + text + "' is not one of " + String.join(", ", words));
      }
      return text;
    };
  }

  static String text(String text) {
    return text;
  }

  static String notEmpty(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("it is empty");
    }
    return text;
  }

  /** An address of a service over HTTP, or nothing. */
  static String endpoint(String text) {
    if (text.isEmpty()) {
      return text;
    }
    String problem = "'" + text + "' is no endpoint: write http://HOST:PORT or https://HOST:PORT";
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(problem, e);
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getAuthority() == null) {
      throw new IllegalArgumentException(problem);
    }
    return text;
  }

  /**
   * A warehouse: {@code file:PATH}, {@code s3://bucket/prefix}, {@code minio://bucket/prefix}, or
   * nothing.
   */
  static String warehouse(String text) {
    if (text.isEmpty()) {
      return text;
    }
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not a URI", e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    boolean bucket = scheme.equals("s3") || scheme.equals("minio");
    if (!bucket && !scheme.equals("file")) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no warehouse: write file:PATH, s3://BUCKET/PREFIX or minio://BUCKET/PREFIX");
    }
    if (bucket && (uri.getAuthority() == null || uri.getAuthority().isEmpty())) {
      throw new IllegalArgumentException("'" + text + "' names no bucket");
    }
    return text;
  }
}
