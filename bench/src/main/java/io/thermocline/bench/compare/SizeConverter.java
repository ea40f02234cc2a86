package io.thermocline.bench.compare;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a size as in {@code 2GB} or {@code 512MiB}. */
final class SizeConverter implements ITypeConverter<Long> {
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,8})(MB|MiB|GB|GiB)");

  private static final Map<String, Long> UNITS =
      Map.of("MB", 1_000_000L, "MiB", 1L << 20, "GB", 1_000_000_000L, "GiB", 1L << 30);

  @Override
  public Long convert(String text) {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is no size: write it as in 20GB, 2GiB or 512MB");
    }
    return Long.parseLong(size.group(1)) * UNITS.get(size.group(2));
  }
}
