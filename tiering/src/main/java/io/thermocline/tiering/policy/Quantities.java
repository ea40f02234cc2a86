package io.thermocline.tiering.policy;

import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes and durations as people write them: a whole number and a unit, never a number alone.
 *
 * <p>Amounts too large for a {@code long} are read as the largest one: every key's limit is far
 * below that.
 */
final class Quantities {
  static final String UNLIMITED = "unlimited";
  static final String SIZE_PATTERN = "[0-9]+(B|KiB|MiB|GiB|TiB|PiB)";
  static final String AGE_PATTERN = "[0-9]+(ms|s|m|h|d)";

  private static final Pattern PARTS = Pattern.compile("([0-9]+)([A-Za-z]+)");
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  /** Largest first, so that the first that divides an amount is the one to write it with. */
  private static final Map<String, Long> SIZES = new LinkedHashMap<>();

  private static final Map<String, Long> AGES = new LinkedHashMap<>();

  static {
    SIZES.put("PiB", 1L << 50);
    SIZES.put("TiB", 1L << 40);
    SIZES.put("GiB", 1L << 30);
    SIZES.put("MiB", 1L << 20);
    SIZES.put("KiB", 1L << 10);
    SIZES.put("B", 1L);
    AGES.put("d", Duration.ofDays(1).toMillis());
    AGES.put("h", Duration.ofHours(1).toMillis());
    AGES.put("m", Duration.ofMinutes(1).toMillis());
    AGES.put("s", Duration.ofSeconds(1).toMillis());
    AGES.put("ms", 1L);
  }

  private Quantities() {}

  /** Bytes of text that matches {@link #SIZE_PATTERN}. */
  static long bytes(String text) {
    return amount(text, SIZES);
  }

  /** Duration of text that matches {@link #AGE_PATTERN}. */
  static Duration age(String text) {
    return Duration.ofMillis(amount(text, AGES));
  }

  static String ofBytes(long bytes) {
    return write(bytes, SIZES, "B");
  }

  static String ofAge(Duration age) {
    return write(age.toMillis(), AGES, "s");
  }

  private static long amount(String text, Map<String, Long> units) {
    Matcher parts = PARTS.matcher(text);
    Long unit = parts.matches() ? units.get(parts.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("Not a quantity: '" + text + "'");
    }
    return new BigInteger(parts.group(1)).multiply(BigInteger.valueOf(unit)).min(MOST).longValue();
  }

  private static String write(long amount, Map<String, Long> units, String ofZero) {
    if (amount == 0) {
      return "0" + ofZero;
    }
    for (Map.Entry<String, Long> unit : units.entrySet()) {
      if (amount % unit.getValue() == 0) {
        return amount / unit.getValue() + unit.getKey();
      }
    }
    throw new IllegalStateException("The smallest unit divides every amount: " + amount);
  }
}
