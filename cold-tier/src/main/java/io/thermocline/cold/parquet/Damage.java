package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;

/** The failure for stored bytes that are not what was written. */
final class Damage {
  private Damage() {}

  static ThermoclineException of(String location, String problem) {
    return new ThermoclineException(
        ErrorKind.CORRUPT, "Data file %s is damaged: %s".formatted(location, problem));
  }

  static ThermoclineException of(String location, String problem, Throwable cause) {
    return new ThermoclineException(
        ErrorKind.CORRUPT,
        "Data file %s is damaged: %s: %s".formatted(location, problem, cause),
        cause);
  }
}
