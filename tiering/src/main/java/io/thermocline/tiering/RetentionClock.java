package io.thermocline.tiering;

import io.thermocline.model.ThermoclineException;
import io.thermocline.tiering.policy.SealedText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time that deleting goes by. It follows the wall clock, but a step of that clock does not
 * carry it along: while the wall clock is ahead by more than a small step it runs at twice the
 * speed of real time until it has caught up, and it never goes back. So a clock that jumps by years
 * deletes nothing, and the time a server was off for is made up for in as much time again.
 *
 * <p>Durable, so that a restart is no way around it. Thread-safe.
 */
final class RetentionClock {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionClock.class);
  private static final long SAVE_EVERY_MILLIS = Duration.ofMinutes(1).toMillis();

  private final SealedText file;
  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private final long maxStepMillis;

  private long trusted;
  private long saved;
  private long lastNanos;
  private boolean behind;

  private RetentionClock(
      SealedText file, InstantSource wall, LongSupplier nanoTime, Duration maxStep) {
    this.file = file;
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.maxStepMillis = maxStep.toMillis();
    this.lastNanos = nanoTime.getAsLong();
    this.trusted = file.read().map(Long::parseLong).orElseGet(wall::millis);
    this.saved = Long.MIN_VALUE;
  }

  /**
   * Opens the clock where it was left.
   *
   * @param nanoTime steady, as {@link System#nanoTime}
   * @param maxStep steps of the wall clock up to this are believed at once
   */
  static RetentionClock open(
      Path directory, InstantSource wall, LongSupplier nanoTime, Duration maxStep) {
    return new RetentionClock(
        new SealedText(directory.resolve("retention-clock"), "clock"), wall, nanoTime, maxStep);
  }

  /** Never after the wall clock's {@code now}. */
  synchronized Instant at(Instant now) {
    long nanos = nanoTime.getAsLong();
    long elapsed = Math.max(0, (nanos - lastNanos) / 1_000_000);
    lastNanos += elapsed * 1_000_000;
    long ahead = now.toEpochMilli() - trusted;
    if (ahead <= elapsed + maxStepMillis) {
      trusted += Math.max(0, ahead);
      behind = false;
    } else {
      warnOnce(ahead);
      trusted += Math.min(ahead, 2 * elapsed);
    }
    save();
    return Instant.ofEpochMilli(Math.min(trusted, now.toEpochMilli()));
  }

  synchronized Instant now() {
    return at(wall.instant());
  }

  private void warnOnce(long ahead) {
    if (!behind) {
      LOG.warn(
          "the clock is ahead of retention: nothing is deleted for that, retention catches up at"
              + " twice the speed of time, ahead_seconds={} retention_time={}",
          ahead / 1000,
          Instant.ofEpochMilli(trusted));
    }
    behind = true;
  }

  private void save() {
    if (saved == Long.MIN_VALUE || trusted - saved >= SAVE_EVERY_MILLIS) {
      try {
        file.write(String.valueOf(trusted));
        saved = trusted;
      } catch (ThermoclineException e) {
        // A full disk: after a restart retention would be late by what was not saved.
        LOG.warn("the retention clock could not be saved, retention_time={}", trusted, e);
      }
    }
  }
}
