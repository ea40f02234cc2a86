package io.thermocline.tiering;

import java.time.Duration;

/**
 * Leaves alone what fails: for a second, and for twice as long each time that it fails again, up to
 * five minutes. Not thread-safe.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int MOST_DOUBLINGS = 20;

  private int failures;
  private long overNanos;

  void succeeded() {
    failures = 0;
  }

  void failed(long nanos) {
    long pause = FIRST.toNanos() << Math.min(failures, MOST_DOUBLINGS);
    overNanos = nanos + Math.min(pause, LONGEST.toNanos());
    failures = Math.min(failures + 1, MOST_DOUBLINGS);
  }

  /** Whether it may be tried again. */
  boolean isOver(long nanos) {
    return failures == 0 || nanos - overNanos >= 0;
  }
}
