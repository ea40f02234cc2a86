package io.thermocline.cold.rest;

import java.util.Map;

/** Gives a reader what it needs to read one table's files, and nothing else. */
interface CredentialVendor extends AutoCloseable {
  /** Gives nothing: readers bring credentials of their own. */
  CredentialVendor NONE = location -> Map.of();

  /**
   * Iceberg's properties for reading below {@code location}, such as {@code s3.access-key-id}.
   *
   * @param location the table's, without a slash at its end
   */
  Map<String, String> forReading(String location);

  @Override
  default void close() {}
}
