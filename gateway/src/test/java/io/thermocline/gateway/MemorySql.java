package io.thermocline.gateway;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.query.SqlEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers {@code SELECT n} with n rows of a number and a NULL; {@code SELECT too deep} ends with an
 * {@link Error}; refuses everything else.
 */
final class MemorySql implements SqlEngine {
  @Override
  public Result query(String sql, int maxRows) {
    if (!sql.startsWith("SELECT ")) {
      throw new ThermoclineException(ErrorKind.INVALID, "Not one SELECT: " + sql);
    }
    if (sql.equals("SELECT too deep")) {
      throw new StackOverflowError("Injected by a test");
    }
    int rows = Integer.parseInt(sql.substring("SELECT ".length()));
    List<List<Optional<String>>> cells = new ArrayList<>();
    for (int row = 0; row < Math.min(rows, maxRows); row++) {
      cells.add(List.of(Optional.of(Integer.toString(row)), Optional.empty()));
    }
    return new Result(
        List.of(new Column("n", "INTEGER"), new Column("nothing", "VARCHAR")),
        cells,
        rows > maxRows);
  }

  @Override
  public void close() {}
}
