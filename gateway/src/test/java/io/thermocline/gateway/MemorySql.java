package io.thermocline.gateway;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.query.SqlEngine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Answers {@code SELECT n} with n rows of a number and a NULL; {@code SELECT together}, once as
 * many of them run at once as {@link #meet} said, with one; {@code SELECT large n} with three rows
 * of a text of n bytes; {@code SELECT too deep} ends with an {@link Error}; refuses everything
 * else.
 */
final class MemorySql implements SqlEngine {
  private static final int PATIENCE_SECONDS = 20;
  private static final String LARGE = "SELECT large ";

  private volatile CyclicBarrier together = new CyclicBarrier(1);

  /** How many statements wait for each other from now on. */
  void meet(int statements) {
    together = new CyclicBarrier(statements);
  }

  /** How many of them wait now. */
  int waiting() {
    return together.getNumberWaiting();
  }

  @Override
  public Result query(String sql, int maxRows) {
    if (!sql.startsWith("SELECT ")) {
      throw new ThermoclineException(ErrorKind.INVALID, "Not one SELECT: " + sql);
    }
    if (sql.equals("SELECT too deep")) {
      throw new StackOverflowError("Injected by a test");
    }
    if (sql.equals("SELECT together")) {
      awaitOthers();
      return query("SELECT 1", maxRows);
    }
    if (sql.startsWith(LARGE)) {
      String text = "x".repeat(Integer.parseInt(sql.substring(LARGE.length())));
      return new Result(
          List.of(new Column("large", "VARCHAR")),
          Collections.nCopies(3, List.of(Optional.of(text))),
          false);
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

  private void awaitOthers() {
    try {
      var unused = together.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("The others did not come", e);
    }
  }

  @Override
  public void close() {}
}
