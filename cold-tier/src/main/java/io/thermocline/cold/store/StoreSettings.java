package io.thermocline.cold.store;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * Where the warehouse is, and the limits of its use.
 *
 * @param warehouse {@code file:///directory}, {@code s3://bucket/prefix} or {@code
 *     minio://bucket/prefix}; the prefix may be absent
 * @param s3 how to reach the last two
 * @param connectTimeout for a connection to come about
 * @param attemptTimeout for one attempt of one request, its body included
 * @param requestTimeout for a request with all its attempts, and for waiting on the limits below;
 *     no attempt begins after it
 * @param attempts how often a request is tried, at least once
 * @param concurrentReads how many reads run at once
 * @param concurrentWrites how many writes run at once
 * @param partBytes larger files are uploaded in parts of this size, each a request; at least 5 MiB
 */
public record StoreSettings(
    URI warehouse,
    S3Settings s3,
    Duration connectTimeout,
    Duration attemptTimeout,
    Duration requestTimeout,
    int attempts,
    int concurrentReads,
    int concurrentWrites,
    int partBytes) {

  private static final int MIN_PART_BYTES = 5 << 20;

  public StoreSettings {
    Objects.requireNonNull(warehouse, "warehouse");
    Objects.requireNonNull(s3, "s3");
    positive("connectTimeout", connectTimeout);
    positive("attemptTimeout", attemptTimeout);
    positive("requestTimeout", requestTimeout);
    atLeast("attempts", attempts, 1);
    atLeast("concurrentReads", concurrentReads, 1);
    atLeast("concurrentWrites", concurrentWrites, 1);
    atLeast("partBytes", partBytes, MIN_PART_BYTES);
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, not " + value);
    }
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, not %d".formatted(name, least, value));
    }
  }

  /** The defaults for a warehouse. */
  public static StoreSettings of(URI warehouse) {
    return new StoreSettings(
        warehouse,
        S3Settings.defaults(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        4,
        16,
        4,
        8 << 20);
  }

  /** The same with another way to reach S3. */
  public StoreSettings with(S3Settings other) {
    return new StoreSettings(
        warehouse,
        other,
        connectTimeout,
        attemptTimeout,
        requestTimeout,
        attempts,
        concurrentReads,
        concurrentWrites,
        partBytes);
  }

  /** The same with other deadlines. */
  public StoreSettings withTimeouts(Duration connect, Duration attempt, Duration request) {
    return new StoreSettings(
        warehouse,
        s3,
        connect,
        attempt,
        request,
        attempts,
        concurrentReads,
        concurrentWrites,
        partBytes);
  }
}
