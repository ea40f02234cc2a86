package io.thermocline.tiering.policy;

import java.util.Comparator;

/**
 * One thing wrong in a policy document.
 *
 * @param line from 1
 * @param column from 1
 * @param path as in {@code policies[0].hot.retain}; empty for the document itself
 * @param message what is wrong, the value, the limit, what to do
 */
public record PolicyFault(int line, int column, String path, String message) {
  static final Comparator<PolicyFault> BY_PLACE =
      Comparator.comparingInt(PolicyFault::line)
          .thenComparingInt(PolicyFault::column)
          .thenComparing(PolicyFault::path)
          .thenComparing(PolicyFault::message);

  @Override
  public String toString() {
    return "line " + line + ", column " + column + ": " + message;
  }
}
