package io.thermocline.gateway.fetch;

/** Time as fetch streams know it: what is to happen later, and how long things take. */
public interface StreamTime {
  /**
   * Calls {@code beat} at each heartbeat, on a thread that must not be held up.
   *
   * @return ends it
   */
  Runnable every(Runnable beat);

  /** Calls {@code step} once, on a thread that must not be held up. */
  void after(long nanos, Runnable step);

  /** Goes on evenly, by the nanosecond, from anywhere. */
  long nanoTime();
}
