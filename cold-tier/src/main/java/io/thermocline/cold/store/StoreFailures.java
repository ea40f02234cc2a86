package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.Optional;

/** What a store said, behind the failures of libraries that read a table through it. */
public final class StoreFailures {
  private StoreFailures() {}

  /**
   * The store's failure among the causes of another, as one of what was being done. It keeps its
   * kind, but that an object is not there which a table names is damage.
   *
   * @param doing what failed, as in {@code "Can't read table a.b"}
   * @return empty when it was not the store that failed
   */
  public static Optional<ThermoclineException> behind(Throwable failure, String doing) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ThermoclineException ours) {
        ErrorKind kind = ours.kind() == ErrorKind.NOT_FOUND ? ErrorKind.CORRUPT : ours.kind();
        return Optional.of(
            new ThermoclineException(kind, doing + ": " + ours.getMessage(), failure));
      }
    }
    return Optional.empty();
  }
}
