package io.thermocline.cold.table;

/**
 * The catalog was asked to swap the table's metadata and did not say that it did. Not a {@code
 * CommitFailedException} and no {@code CleanableFailure}, so that Iceberg neither retries nor
 * cleans up.
 */
final class OutcomeUnknownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(RuntimeException cause) {
    super(cause.getMessage(), cause);
  }
}
