package io.thermocline.server.cli;

import io.thermocline.client.consumer.Start;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Reads times and positions as people write them. */
final class Moments {
  private Moments() {}

  /**
   * A time such as {@code 2026-11-20T12:00:00Z}; also with another offset, without one (UTC), or a
   * day alone.
   */
  static Optional<Instant> time(String text) {
    try {
      if (text.length() <= 10) {
        return Optional.of(LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
      }
      String zoned = text.replace(' ', 'T');
      boolean hasZone = zoned.endsWith("Z") || zoned.substring(10).matches(".*[+-].*");
      return Optional.of(
          hasZone
              ? OffsetDateTime.parse(zoned).toInstant()
              : LocalDateTime.parse(zoned).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** As {@link #time}, for where nothing else can stand. */
  static Instant requireTime(String text) {
    return time(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not a time such as 2026-11-20T12:00:00Z".formatted(text)));
  }

  /** Where to begin: {@code earliest}, {@code latest}, an offset or a time. */
  static Start start(String text) {
    if (text.equalsIgnoreCase("earliest")) {
      return Start.earliest();
    }
    if (text.equalsIgnoreCase("latest")) {
      return Start.latest();
    }
    if (text.matches("[0-9]+")) {
      try {
        return Start.offset(Long.parseLong(text));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("Not an offset: " + text, e);
      }
    }
    return time(text)
        .map(Start::timestamp)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not earliest, latest, an offset, or a time such as 2026-11-20T12:00:00Z"
                        .formatted(text)));
  }
}
