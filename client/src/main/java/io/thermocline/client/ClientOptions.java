package io.thermocline.client;

import java.time.Duration;
import java.util.Objects;

/**
 * How a client talks to its server. Immutable.
 *
 * @param requestTimeout how long a plain call may take
 * @param longRequestTimeout how long tiering runs, queries and deletions may take
 * @param keepAlive how long a silent connection is trusted before it is probed
 */
public record ClientOptions(
    Duration requestTimeout, Duration longRequestTimeout, Duration keepAlive) {
  public ClientOptions {
    positive("requestTimeout", requestTimeout);
    positive("longRequestTimeout", longRequestTimeout);
    positive("keepAlive", keepAlive);
  }

  /** 30 seconds, 10 minutes, 30 seconds. */
  public static ClientOptions defaults() {
    return new ClientOptions(
        Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofSeconds(30));
  }

  /** These options with another {@link #requestTimeout()}. */
  public ClientOptions withRequestTimeout(Duration timeout) {
    return new ClientOptions(timeout, longRequestTimeout, keepAlive);
  }

  /** These options with another {@link #longRequestTimeout()}. */
  public ClientOptions withLongRequestTimeout(Duration timeout) {
    return new ClientOptions(requestTimeout, timeout, keepAlive);
  }

  /** These options with another {@link #keepAlive()}. */
  public ClientOptions withKeepAlive(Duration silence) {
    return new ClientOptions(requestTimeout, longRequestTimeout, silence);
  }

  private static void positive(String name, Duration duration) {
    Objects.requireNonNull(duration, name);
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, is " + duration);
    }
  }
}
