package io.thermocline.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds what somebody who mistyped a key most likely meant. */
final class Nearest {
  private static final int MAX_DISTANCE = 4;

  private Nearest() {}

  /** A hint to add to a message; empty when nothing is near. */
  static String hint(String typed, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(typed, candidate)))
        .filter(candidate -> distance(typed, candidate) <= MAX_DISTANCE)
        .map(candidate -> ": did you mean " + candidate + "?")
        .orElse("");
  }

  /** Levenshtein's edit distance, without regard to case. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitute, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
