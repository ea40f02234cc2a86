package io.thermocline.hot.disk;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;

/** What a later program wrote and this one must not take for damage. */
public final class NewerFormat {
  private NewerFormat() {}

  /**
   * The refusal of it.
   *
   * @param what has that version, as a sentence begins with it
   * @param known the newest version that this program knows
   */
  public static ThermoclineException of(Object what, int version, int known) {
    return new ThermoclineException(
        ErrorKind.FAILED_PRECONDITION,
        "%s has format version %d, this program knows up to %d: start a newer Thermocline"
            .formatted(what, version, known));
  }
}
