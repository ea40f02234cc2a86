package io.thermocline.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes and durations as people write them in YAML and on the command line: {@code 128MiB}, {@code
 * 10m}. A unit is required, so that nobody has to guess.
 */
public final class Units {
  private static final Pattern AMOUNT = Pattern.compile("(-?[0-9]+)([A-Za-z]*)");
  private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Units() {}

  /**
   * Bytes from text such as {@code 128MiB}; the units are B, KiB, MiB, GiB, TiB and PiB.
   *
   * @throws IllegalArgumentException saying what is wrong and what to write
   */
  public static long parseBytes(String text) {
    Matcher amount = amount(text, "a size such as 128MiB");
    long factor = 1;
    for (String unit : BYTE_UNITS) {
      if (unit.equalsIgnoreCase(amount.group(2))) {
        return positive(text, amount.group(1), factor);
      }
      factor <<= 10;
    }
    throw new IllegalArgumentException(
        "'" + text + "' has no unit: write B, KiB, MiB, GiB, TiB or PiB, as in 128MiB");
  }

  /**
   * A duration from text such as {@code 10m}; the units are ms, s, m, h and d.
   *
   * @throws IllegalArgumentException saying what is wrong and what to write
   */
  public static Duration parseDuration(String text) {
    Matcher amount = amount(text, "a duration such as 10m");
    long factor =
        switch (amount.group(2).toLowerCase(Locale.ROOT)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default ->
              throw new IllegalArgumentException(
                  "'" + text + "' has no unit: write ms, s, m, h or d, as in 10m");
        };
    return Duration.ofMillis(positive(text, amount.group(1), factor));
  }

  private static Matcher amount(String text, String example) {
    Matcher amount = AMOUNT.matcher(text.strip());
    if (!amount.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not " + example);
    }
    return amount;
  }

  private static long positive(String text, String digits, long factor) {
    try {
      long value = Math.multiplyExact(Long.parseLong(digits), factor);
      if (value < 0) {
        throw new IllegalArgumentException("'" + text + "' is negative");
      }
      return value;
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is too large", e);
    }
  }

  /** Bytes as {@link #parseBytes} reads them, exactly: the largest unit that divides them. */
  public static String exactBytes(long bytes) {
    long rest = bytes;
    int unit = 0;
    while (rest != 0 && rest % 1024 == 0 && unit < BYTE_UNITS.length - 1) {
      rest /= 1024;
      unit++;
    }
    return rest + BYTE_UNITS[unit];
  }

  /** Bytes for a person to read: three digits or so, as in {@code 1.2 MiB}. */
  public static String roundedBytes(long bytes) {
    double rest = bytes;
    int unit = 0;
    while (rest >= 1024 && unit < BYTE_UNITS.length - 1) {
      rest /= 1024;
      unit++;
    }
    return unit == 0 || rest >= 100
        ? String.format(Locale.ROOT, "%.0f %s", rest, BYTE_UNITS[unit])
        : String.format(Locale.ROOT, "%.1f %s", rest, BYTE_UNITS[unit]);
  }

  /** A duration as {@link #parseDuration} reads it, exactly: the largest unit that divides it. */
  public static String exactDuration(Duration duration) {
    long millis = duration.toMillis();
    return dividedBy(millis, 86_400_000, "d")
        .or(() -> dividedBy(millis, 3_600_000, "h"))
        .or(() -> dividedBy(millis, 60_000, "m"))
        .or(() -> dividedBy(millis, 1_000, "s"))
        .orElse(millis + "ms");
  }

  private static Optional<String> dividedBy(long millis, long factor, String unit) {
    return millis != 0 && millis % factor == 0
        ? Optional.of(millis / factor + unit)
        : Optional.empty();
  }
}
