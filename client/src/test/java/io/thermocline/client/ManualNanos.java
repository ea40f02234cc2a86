package io.thermocline.client;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Time that passes when a test says so. */
final class ManualNanos implements LongSupplier {
  private long now = 1_000;

  @Override
  public synchronized long getAsLong() {
    return now;
  }

  synchronized void pass(Duration time) {
    now += time.toNanos();
  }
}
