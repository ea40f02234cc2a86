package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.charset.StandardCharsets;

/** Which strings may name objects, so that no key leaves the warehouse. */
final class ObjectKeys {
  /** S3 allows 1,024 with the prefix. */
  private static final int MAX_BYTES = 900;

  private ObjectKeys() {}

  static void check(String key) {
    if (key.isEmpty()) {
      throw refused(key, "it is empty");
    }
    checkPrefix(key);
    if (key.endsWith("/")) {
      throw refused(key, "it ends in /");
    }
    checkSegment(key, key.substring(key.lastIndexOf('/') + 1));
  }

  /** A prefix may end anywhere, so only its whole segments are judged. */
  static void checkPrefix(String prefix) {
    int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw refused(
          prefix, "it has %d bytes of UTF-8, the limit is %d".formatted(bytes, MAX_BYTES));
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (Character.isISOControl(prefix.charAt(i)) || prefix.charAt(i) == '\\') {
        throw refused(prefix, "it has a control character or a backslash at " + i);
      }
    }
    int start = 0;
    for (int slash = prefix.indexOf('/'); slash >= 0; slash = prefix.indexOf('/', start)) {
      checkSegment(prefix, prefix.substring(start, slash));
      start = slash + 1;
    }
    String last = prefix.substring(start);
    if (last.equals("..")) {
      throw refused(prefix, "it has a segment '..'");
    }
  }

  private static void checkSegment(String key, String segment) {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw refused(key, "it has a segment '" + segment + "'");
    }
    if (segment.equals(LocalObjectStore.SCRATCH)) {
      throw refused(key, "'" + segment + "' is kept for the store itself");
    }
  }

  private static ThermoclineException refused(String key, String why) {
    return new ThermoclineException(
        ErrorKind.INVALID, "Not an object key: '%s': %s".formatted(key, why));
  }
}
