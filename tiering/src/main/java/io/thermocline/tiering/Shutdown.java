package io.thermocline.tiering;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells work of all threads to come to an end, and lets it pause until then. Thread-safe. */
final class Shutdown {
  private final CountDownLatch begun = new CountDownLatch(1);

  void begin() {
    begun.countDown();
  }

  boolean hasBegun() {
    return begun.getCount() == 0;
  }

  /**
   * Passes unless the end has begun.
   *
   * @throws ThermoclineException {@link ErrorKind#TRANSIENT} when it has
   */
  void check() {
    if (hasBegun()) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Tiering is closing");
    }
  }

  /** Waits for the time, or until the end begins. */
  void pause(Duration time) {
    try {
      boolean ended = begun.await(time.toNanos(), TimeUnit.NANOSECONDS);
      if (ended) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      begin();
    }
  }
}
