package io.thermocline.testkit;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Nanoseconds that pass when a test says so. Thread-safe. */
public final class ManualNanos implements LongSupplier {
  private long now = 1_000;

  @Override
  public synchronized long getAsLong() {
    return now;
  }

  /** Lets time pass. */
  public synchronized void pass(Duration time) {
    now += time.toNanos();
  }
}
