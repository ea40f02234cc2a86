package io.thermocline.cold.table;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;

/** Asks whether this process still owns the warehouse. */
@FunctionalInterface
interface OwnerCheck {
  /**
   * The epoch of our ownership, read from the warehouse.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when another cluster owns
   *     it, {@link ErrorKind#TRANSIENT} when that can't be found out
   */
  long epoch();
}
