package io.thermocline.query;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** DuckDB within this process. */
final class DuckDb {
  private DuckDb() {}

  /**
   * Opens a database of its own, in memory. The first call in a process unpacks DuckDB's library
   * and loads it; the class that does so is tried once, so where that fails it fails for good.
   *
   * @return the caller's to close
   * @throws ThermoclineException {@code FAILED_PRECONDITION} when the library can't be loaded
   */
  static Connection open() throws SQLException {
    try {
      return DriverManager.getConnection("jdbc:duckdb:");
    } catch (LinkageError e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "DuckDB's library can't be loaded (%s), so there is no SQL until the process is started again. It is unpacked into %s, which needs 100 MB of room and must not be mounted noexec"
              .formatted(root(e), System.getProperty("java.io.tmpdir")),
          e);
    }
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
