package io.thermocline.tiering;

/**
 * Something wrong in a policy document.
 *
 * @param line from 1
 * @param column from 1
 * @param path of the key, as in {@code policies[0].hot.retain}
 * @param message what is wrong, the value, the limit, what to do
 */
public record PolicyProblem(int line, int column, String path, String message) {}
