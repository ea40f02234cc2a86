package io.thermocline.query;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.List;
import java.util.Optional;

/** Read-only SQL over the cold tables. Thread-safe; blocks. */
public interface SqlEngine extends AutoCloseable {

  /**
   * A column of the answer.
   *
   * @param name as the statement names it
   * @param type DuckDB's name of its type
   */
  record Column(String name, String type) {}

  /**
   * The answer.
   *
   * @param rows each with one cell for each column, as text; empty is NULL
   * @param truncated whether rows were cut off at the limit
   */
  record Result(List<Column> columns, List<List<Optional<String>>> rows, boolean truncated) {}

  /**
   * Runs exactly one SELECT.
   *
   * @param maxRows {@code > 0}
   * @throws ThermoclineException {@link ErrorKind#INVALID} when it is anything but one SELECT, or
   *     when it is wrong; {@link ErrorKind#EXHAUSTED} past the limit of memory; {@link
   *     ErrorKind#DEADLINE_EXCEEDED} past the limit of time
   */
  Result query(String sql, int maxRows);

  @Override
  void close();
}
