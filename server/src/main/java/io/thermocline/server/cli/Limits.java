package io.thermocline.server.cli;

import io.thermocline.client.consumer.Start;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what stands on the command line; what is out of its limits is a wrong command line. */
final class Limits {
  private Limits() {}

  /** A count of at least one. */
  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) number(text, 1, Integer.MAX_VALUE);
    }
  }

  /** A count of at least one, of things there may be very many of. */
  static final class LongCount implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return number(text, 1, Long.MAX_VALUE);
    }
  }

  /** An offset, or a token where none is 0. */
  static final class Offset implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return number(text, 0, Long.MAX_VALUE);
    }
  }

  /** The number of a partition. */
  static final class Partition implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) number(text, 0, Integer.MAX_VALUE);
    }
  }

  /** An id as topics have it. */
  static final class Id implements ITypeConverter<UUID> {
    @Override
    public UUID convert(String text) {
      return understood(text, UUID::fromString);
    }
  }

  /** Where a server listens. */
  static final class Address implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      return understood(text, Address::checked);
    }

    private static String checked(String text) {
      int port = -1;
      try {
        URI address = new URI("//" + text);
        boolean whole = address.getHost() != null && text.equals(address.getAuthority());
        port = whole ? address.getPort() : -1;
      } catch (URISyntaxException e) {
        // Then it has no port, which is told below.
      }
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException(
            "'%s' is not HOST:PORT, as in localhost:7400, with a port from 1 to 65535"
                .formatted(text));
      }
      return text;
    }
  }

  /** Where to begin. */
  static final class Where implements ITypeConverter<Start> {
    @Override
    public Start convert(String text) {
      return understood(text, Moments::start);
    }
  }

  /** A time. */
  static final class Time implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      return understood(text, Moments::requireTime);
    }
  }

  /** One of the words {@code type} has, in any case; shown in lower case. */
  static <E extends Enum<E>> ITypeConverter<E> word(Class<E> type) {
    return text ->
        Arrays.stream(type.getEnumConstants())
            .filter(each -> each.name().equalsIgnoreCase(text))
            .findFirst()
            .orElseThrow(
                () ->
                    new TypeConversionException(
                        "'%s' is none of %s"
                            .formatted(
                                text,
                                Arrays.toString(type.getEnumConstants())
                                    .toLowerCase(Locale.ROOT)
                                    .replaceAll("[\\[\\]]", ""))));
  }

  private static long number(String text, long least, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a whole number");
    }
    throw new TypeConversionException("%s is not from %d to %d".formatted(text, least, most));
  }

  private static <T> T understood(String text, Function<String, T> reader) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
