package io.thermocline.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it, in either direction. Thread-safe. */
public final class ManualClock implements InstantSource {
  private final AtomicReference<Instant> now;

  /** A clock that shows {@code now}. */
  public ManualClock(Instant now) {
    this.now = new AtomicReference<>(now);
  }

  /** A clock that shows a moment in November 2026. */
  public static ManualClock start() {
    return new ManualClock(Instant.parse("2026-11-20T10:00:00Z"));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Moves on by {@code duration}; back when it is negative. */
  public void advance(Duration duration) {
    now.updateAndGet(instant -> instant.plus(duration));
  }

  /** Jumps to {@code instant}. */
  public void set(Instant instant) {
    now.set(instant);
  }
}
