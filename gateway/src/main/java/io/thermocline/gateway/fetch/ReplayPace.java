package io.thermocline.gateway.fetch;

import java.util.concurrent.TimeUnit;

/**
 * Makes replays rest between their reads while those who wait at the ends of logs are not served at
 * once. A replay takes what processors, disk and network there are; a record that has just been
 * written would wait in line behind it at each step of its way.
 *
 * <p>How long a tail waits is seen from the end of its log having moved to its records being read,
 * where nothing keeps them from being sent: a peer that is slow itself holds nobody else up. Time
 * goes by in windows: one in which any tail waited for too long makes the rest longer by half,
 * every other one makes it a hundredth shorter. So it settles where about one window in forty is a
 * bad one. Where nobody follows, and where there is room for both, nothing rests.
 *
 * <p>Thread-safe.
 */
public final class ReplayPace {
  /** More than this a tail that is alone waits only when the machine stops to collect garbage. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long FIRST_REST_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

  /** With turns of 1 MiB a replay goes on at 100 MB/s, whatever holds the tails up. */
  static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Nobody was served for so long: nobody follows. */
  private static final long ABANDONED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private long windowStart;
  private long lastServed;

  /** Whether a tail waited for too long in this window. */
  private boolean late;

  private long rest;

  /**
   * @param now of the clock that goes on
   */
  public ReplayPace(long now) {
    windowStart = now;
    lastServed = now - ABANDONED_NANOS;
  }

  /**
   * Somebody at the end of a log was served.
   *
   * @param waitedNanos since that end moved
   * @param now of the clock that {@link #rest} is asked with
   */
  public synchronized void served(long waitedNanos, long now) {
    if (now - windowStart >= WINDOW_NANOS) {
      rest = late ? longer() : shorter();
      late = false;
      windowStart = now;
    }
    late |= waitedNanos > PATIENCE_NANOS;
    lastServed = now;
  }

  private long longer() {
    return Math.min(LONGEST_REST_NANOS, Math.max(FIRST_REST_NANOS, rest + rest / 2));
  }

  private long shorter() {
    long less = rest - rest / 100;
    return less < FIRST_REST_NANOS / 2 ? 0 : less;
  }

  /** Nanoseconds that a replay is to rest before it reads on. */
  public synchronized long rest(long now) {
    if (now - lastServed > ABANDONED_NANOS) {
      rest = 0;
      late = false;
    }
    return rest;
  }
}
