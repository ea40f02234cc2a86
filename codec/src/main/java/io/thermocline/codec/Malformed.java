package io.thermocline.codec;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.List;

/** Makes the one kind of error this package has: bytes that break the format. */
final class Malformed {
  private Malformed() {}

  static ThermoclineException batch(String field, String problem) {
    return new ThermoclineException(ErrorKind.INVALID, "Bad batch: " + problem)
        .with(List.of(new ThermoclineException.Violation("batch." + field, problem)));
  }

  static ThermoclineException payload(String problem, int position) {
    return batch("payload", problem + " at byte " + position + " of the uncompressed payload");
  }
}
