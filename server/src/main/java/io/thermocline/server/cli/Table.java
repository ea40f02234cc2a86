package io.thermocline.server.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rows under a heading, in columns just as wide as they have to be; numbers to the right. */
final class Table {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9.,]*( ?[KMGTP]?i?B)?|-|");
  private static final String GAP = "  ";

  private final List<String> heading;
  private final List<List<String>> rows = new ArrayList<>();
  private String otherwise = "";

  Table(String... heading) {
    this.heading = List.of(heading);
  }

  Table(List<String> heading) {
    this.heading = List.copyOf(heading);
  }

  Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(printable(String.valueOf(cell)));
    }
    if (row.size() != heading.size()) {
      throw new IllegalArgumentException(row + " does not fit under " + heading);
    }
    rows.add(row);
    return this;
  }

  /** What to say when there is no row. */
  Table orElse(String text) {
    otherwise = text;
    return this;
  }

  void print(PrintWriter out) {
    if (rows.isEmpty() && !otherwise.isEmpty()) {
      out.println(otherwise);
      return;
    }
    int columns = heading.size();
    int[] widths = new int[columns];
    boolean[] right = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      int at = column;
      widths[column] =
          Math.max(
              width(heading.get(column)),
              rows.stream().mapToInt(row -> width(row.get(at))).max().orElse(0));
      right[column] =
          !rows.isEmpty() && rows.stream().allMatch(row -> NUMBER.matcher(row.get(at)).matches());
    }
    print(out, heading, widths, right);
    rows.forEach(row -> print(out, row, widths, right));
  }

  private static void print(PrintWriter out, List<String> row, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      String padding = " ".repeat(widths[column] - width(cell));
      line.append(column == 0 ? "" : GAP);
      line.append(right[column] ? padding + cell : cell + padding);
    }
    out.println(line.toString().stripTrailing());
  }

  /** Characters rather than UTF-16 units, so that columns stay straight. */
  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Control characters would break the lines, or the terminal. */
  static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              if (point == '\n') {
                clean.append("\\n");
              } else if (point == '\t') {
                clean.append("\\t");
              } else if (Character.isISOControl(point)) {
                clean.append("\\u%04x".formatted(point));
              } else {
                clean.appendCodePoint(point);
              }
            });
    return clean.toString();
  }
}
