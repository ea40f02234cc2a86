package io.thermocline.client.wire;

import java.time.Duration;

/**
 * How long to wait before trying again: twice as long each time.
 *
 * @param first before the first retry
 * @param longest never more than this, unless the server asks for it
 */
public record Backoff(Duration first, Duration longest) {
  private static final int MAX_DOUBLINGS = 20;

  /**
   * The pause after {@code attempts} earlier tries.
   *
   * @param asked what the server asks for at least; null when it does not
   */
  public Duration pause(int attempts, Duration asked) {
    Duration doubled = first.multipliedBy(1L << Math.min(attempts, MAX_DOUBLINGS));
    Duration pause = doubled.compareTo(longest) < 0 ? doubled : longest;
    return asked != null && asked.compareTo(pause) > 0 ? asked : pause;
  }
}
