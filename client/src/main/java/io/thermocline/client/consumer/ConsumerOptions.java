package io.thermocline.client.consumer;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a consumer reads. Immutable.
 *
 * @param follow true: wait for new records at the end; false: stop at the end found when a
 *     partition was assigned
 * @param bufferBytes bound of what the server may send ahead, for all partitions together; each has
 *     64 KiB at least, and one response of each may go over it
 * @param group whose place {@link Consumer#commit} keeps and {@link Start#committedOr} begins at
 * @param retryTimeout how long reading goes on trying while the server is away or a tier can't be
 *     read, before it says so
 * @param lostRanges told of damaged records before the ones after them are handed out
 */
public record ConsumerOptions(
    boolean follow,
    long bufferBytes,
    Optional<String> group,
    Duration retryTimeout,
    LostRangeHandler lostRanges) {
  private static final long MIN_BUFFER_BYTES = 64 << 10;

  public ConsumerOptions {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(lostRanges, "lostRanges");
    Objects.requireNonNull(retryTimeout, "retryTimeout");
    if (retryTimeout.isNegative() || retryTimeout.isZero()) {
      throw new IllegalArgumentException("retryTimeout must be positive, is " + retryTimeout);
    }
    if (bufferBytes < MIN_BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "bufferBytes must be at least " + MIN_BUFFER_BYTES + ", is " + bufferBytes);
    }
  }

  /** Follow, 32 MiB, no group, 1 minute, and damage is an exception. */
  public static ConsumerOptions defaults() {
    return new ConsumerOptions(
        true, 32L << 20, Optional.empty(), Duration.ofMinutes(1), LostRangeHandler.fail());
  }

  /** These options with another {@link #follow()}. */
  public ConsumerOptions withFollow(boolean wait) {
    return new ConsumerOptions(wait, bufferBytes, group, retryTimeout, lostRanges);
  }

  /** These options with another {@link #bufferBytes()}. */
  public ConsumerOptions withBufferBytes(long bytes) {
    return new ConsumerOptions(follow, bytes, group, retryTimeout, lostRanges);
  }

  /** These options with a {@link #group()}. */
  public ConsumerOptions withGroup(String name) {
    return new ConsumerOptions(follow, bufferBytes, Optional.of(name), retryTimeout, lostRanges);
  }

  /** These options with another {@link #retryTimeout()}. */
  public ConsumerOptions withRetryTimeout(Duration time) {
    return new ConsumerOptions(follow, bufferBytes, group, time, lostRanges);
  }

  /** These options with another {@link #lostRanges()}. */
  public ConsumerOptions withLostRanges(LostRangeHandler handler) {
    return new ConsumerOptions(follow, bufferBytes, group, retryTimeout, handler);
  }
}
