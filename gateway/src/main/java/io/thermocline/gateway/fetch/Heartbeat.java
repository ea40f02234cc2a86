package io.thermocline.gateway.fetch;

/** Calls again and again, at a pace of its own. */
public interface Heartbeat {
  /**
   * Calls {@code beat} at each heartbeat, on a thread that must not be held up.
   *
   * @return ends it
   */
  Runnable every(Runnable beat);
}
