package io.thermocline.query;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Holds all work for one statement to a time: waiting for its turn, bringing its files, running. To
 * be closed when the work is done. Thread-safe.
 */
final class TimeLimit implements AutoCloseable {
  /** DuckDB forgets a cancel that comes just before a statement begins: so it is said again. */
  private static final long REPEAT_MILLIS = 100;

  private final Duration limit;
  private final ScheduledFuture<?> alarm;
  private boolean over;
  private Statement running;

  private TimeLimit(ScheduledExecutorService watch, Duration limit) {
    this.limit = limit;
    this.alarm =
        watch.scheduleWithFixedDelay(
            this::ring, limit.toMillis(), REPEAT_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The time begins now. */
  static TimeLimit start(ScheduledExecutorService watch, Duration limit) {
    return new TimeLimit(watch, limit);
  }

  /**
   * Passes while there is time left.
   *
   * @throws ThermoclineException {@link ErrorKind#DEADLINE_EXCEEDED} when there is none
   */
  synchronized void check() {
    if (over) {
      throw exceeded(null);
    }
  }

  /** Has {@code statement} stopped when the time is over, until {@link #close}. */
  synchronized void stops(Statement statement) {
    check();
    running = statement;
  }

  /** What a failure of the statement means: that it was stopped, if it was. */
  synchronized SQLException or(SQLException failure) {
    if (over) {
      throw exceeded(failure);
    }
    return failure;
  }

  private ThermoclineException exceeded(SQLException cause) {
    return new ThermoclineException(
        ErrorKind.DEADLINE_EXCEEDED,
        "The statement took longer than " + limit + " and was stopped",
        cause);
  }

  private synchronized void ring() {
    over = true;
    if (running != null) {
      try {
        running.cancel();
      } catch (SQLException e) {
        throw new IllegalStateException("DuckDB did not cancel a statement", e);
      }
    }
  }

  @Override
  public synchronized void close() {
    alarm.cancel(false);
    running = null;
  }
}
