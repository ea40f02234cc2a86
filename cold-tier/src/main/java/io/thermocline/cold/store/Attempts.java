package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tries a request again while that can help, within a number and a time, with growing random
 * pauses.
 *
 * <p>The libraries' own retries are off: they hide how many attempts there were, and after more
 * than one a refusal no longer proves that nothing was written.
 */
final class Attempts {
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final int most;
  private final Duration limit;
  private final CountDownLatch closed = new CountDownLatch(1);

  Attempts(int most, Duration limit) {
    this.most = most;
    this.limit = limit;
  }

  /** Ends all pauses; what waits fails as it would at its deadline. */
  void close() {
    closed.countDown();
  }

  /** For work without an answer. */
  void run(Runnable once) {
    boolean unused =
        call(
            () -> {
              once.run();
              return true;
            });
  }

  /**
   * The first answer. Otherwise the last failure; or, if any attempt may have had an effect, {@link
   * ErrorKind#OUTCOME_UNKNOWN}.
   */
  <T> T call(Supplier<T> once) {
    long start = System.nanoTime();
    boolean unknown = false;
    for (int attempt = 1; ; attempt++) {
      try {
        return once.get();
      } catch (ThermoclineException e) {
        unknown |= e.kind() == ErrorKind.OUTCOME_UNKNOWN;
        boolean worthIt = e.kind() == ErrorKind.TRANSIENT || e.kind() == ErrorKind.OUTCOME_UNKNOWN;
        if (!worthIt || attempt == most || !pause(attempt, start)) {
          throw last(e, unknown, attempt);
        }
      }
    }
  }

  /** False when there is no time left. */
  private boolean pause(int attempt, long start) {
    long longest = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempt, 10));
    long pause = ThreadLocalRandom.current().nextLong(longest / 2, longest);
    if (System.nanoTime() - start + pause >= limit.toNanos()) {
      return false;
    }
    try {
      return !closed.await(pause, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static ThermoclineException last(ThermoclineException e, boolean unknown, int attempts) {
    ErrorKind kind = unknown ? ErrorKind.OUTCOME_UNKNOWN : e.kind();
    if (attempts == 1 && kind == e.kind()) {
      return e;
    }
    return new ThermoclineException(kind, "%s (attempt %d)".formatted(e.getMessage(), attempts), e);
  }
}
