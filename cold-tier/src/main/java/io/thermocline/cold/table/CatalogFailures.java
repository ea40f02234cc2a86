package io.thermocline.cold.table;

import io.thermocline.cold.store.StoreFailures;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.ValidationException;

/** Names Iceberg's failures by what the caller does next. */
final class CatalogFailures {
  private CatalogFailures() {}

  /**
   * The failure as one of ours: whatever is thrown by a store keeps its kind; a file that metadata
   * names and that isn't there, or that can't be parsed, is damage; the rest is an outage.
   *
   * @param doing what failed, as in {@code "Can't read table a.b"}
   */
  static ThermoclineException of(String doing, RuntimeException failure) {
    return StoreFailures.behind(failure, doing).orElseGet(() -> ofIceberg(doing, failure));
  }

  private static ThermoclineException ofIceberg(String doing, RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UncheckedIOException || cause instanceof IOException) {
        break;
      }
      if (cause instanceof SteadyFileIO.UnreadableException) {
        continue;
      }
      if (cause instanceof NotFoundException
          || cause instanceof ValidationException
          || cause instanceof AvroRuntimeException
          || cause instanceof IllegalArgumentException
          || cause instanceof IllegalStateException) {
        return new ThermoclineException(
            ErrorKind.CORRUPT, doing + ": " + cause.getMessage(), failure);
      }
    }
    return new ThermoclineException(
        ErrorKind.TRANSIENT, doing + ": " + failure.getMessage(), failure);
  }
}
