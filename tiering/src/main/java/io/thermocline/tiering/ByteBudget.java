package io.thermocline.tiering;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Holds tiering to a number of bytes a second over all topics, so that it does not take the disk
 * from producers and consumers. What was not used is saved up for one second. Thread-safe.
 */
final class ByteBudget {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double bytesPerNano;
  private final LongSupplier nanoTime;
  private final Consumer<Duration> pause;

  /** When all that was taken is paid for, if nothing more is taken. */
  private double paidAt;

  /**
   * A budget that is unused so far.
   *
   * @param pause waits for so long
   */
  ByteBudget(long bytesPerSecond, LongSupplier nanoTime, Consumer<Duration> pause) {
    this.bytesPerNano = bytesPerSecond / NANOS_PER_SECOND;
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.paidAt = nanoTime.getAsLong() - NANOS_PER_SECOND;
  }

  /** Takes bytes, then waits until they are paid for. */
  void take(long bytes) {
    long wait = debt(bytes);
    if (wait > 0) {
      pause.accept(Duration.ofNanos(wait));
    }
  }

  private synchronized long debt(long bytes) {
    double now = nanoTime.getAsLong();
    paidAt = Math.max(paidAt, now - NANOS_PER_SECOND) + bytes / bytesPerNano;
    return (long) (paidAt - now);
  }
}
