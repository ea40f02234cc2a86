package io.thermocline.client;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.query.SqlEngine;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Answers {@code SELECT n} with n rows of a number and a NULL; refuses everything else. */
final class CountingSql implements SqlEngine {
  @Override
  public Result query(String sql, int maxRows) {
    if (!sql.startsWith("SELECT ")) {
      throw new ThermoclineException(ErrorKind.INVALID, "Not one SELECT: " + sql);
    }
    int rows = Integer.parseInt(sql.substring("SELECT ".length()));
    List<List<Optional<String>>> cells =
        IntStream.range(0, Math.min(rows, maxRows))
            .mapToObj(row -> List.of(Optional.of("" + row), Optional.<String>empty()))
            .toList();
    return new Result(
        List.of(new Column("n", "INTEGER"), new Column("nothing", "VARCHAR")),
        cells,
        rows > maxRows);
  }

  @Override
  public void close() {}
}
