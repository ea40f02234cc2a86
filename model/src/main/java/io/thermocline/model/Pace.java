package io.thermocline.model;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Holds work to so many bytes, or requests, a second, so that it does not take the disk and the
 * network from others. What was not used is saved up for one second. Thread-safe.
 */
public final class Pace {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double unitsPerNano;
  private final LongSupplier nanoTime;
  private final Consumer<Duration> pause;

  /** When all that was taken is paid for, if nothing more is taken. */
  private double paidAt;

  /**
   * A pace at which nothing was done so far.
   *
   * @param perSecond {@code > 0}
   * @param pause waits for so long
   */
  public Pace(long perSecond, LongSupplier nanoTime, Consumer<Duration> pause) {
    this.unitsPerNano = perSecond / NANOS_PER_SECOND;
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.paidAt = nanoTime.getAsLong() - NANOS_PER_SECOND;
  }

  /** Takes some, then waits until they are paid for. */
  public void take(long units) {
    long wait = debt(units);
    if (wait > 0) {
      pause.accept(Duration.ofNanos(wait));
    }
  }

  private synchronized long debt(long units) {
    double now = nanoTime.getAsLong();
    paidAt = Math.max(paidAt, now - NANOS_PER_SECOND) + units / unitsPerNano;
    return (long) (paidAt - now);
  }
}
