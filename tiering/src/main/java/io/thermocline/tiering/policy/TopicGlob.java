package io.thermocline.tiering.policy;

import java.util.Objects;

/**
 * A pattern for topic names: {@code *} stands for any run of characters, also none, {@code ?} for
 * one.
 *
 * @param pattern of the characters of topic names, {@code *} and {@code ?}
 */
record TopicGlob(String pattern) {
  TopicGlob {
    Objects.requireNonNull(pattern, "pattern");
  }

  boolean matches(String topic) {
    return covers(topic, false);
  }

  /**
   * Whether every name the other matches is matched by this one. May say no where the answer is
   * yes, never the other way round.
   */
  boolean covers(TopicGlob other) {
    return covers(other.pattern, true);
  }

  /**
   * Matches with one point to go back to. A wildcard of {@code text}, when it is a glob itself, is
   * a character only a wildcard of this one can stand for.
   */
  private boolean covers(String text, boolean isGlob) {
    int at = 0;
    int next = 0;
    int star = -1;
    int starTook = 0;
    while (at < text.length()) {
      if (next < pattern.length() && pattern.charAt(next) == '*') {
        star = next++;
        starTook = at;
      } else if (next < pattern.length() && stands(pattern.charAt(next), text.charAt(at), isGlob)) {
        at++;
        next++;
      } else if (star >= 0) {
        next = star + 1;
        at = ++starTook;
      } else {
        return false;
      }
    }
    while (next < pattern.length() && pattern.charAt(next) == '*') {
      next++;
    }
    return next == pattern.length();
  }

  private static boolean stands(char mine, char theirs, boolean theirsIsGlob) {
    if (theirsIsGlob && theirs == '*') {
      return false;
    }
    return mine == '?' || mine == theirs;
  }
}
