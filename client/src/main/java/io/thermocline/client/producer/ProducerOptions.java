package io.thermocline.client.producer;

import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.model.Compression;
import java.time.Duration;
import java.util.Objects;

/**
 * How a producer gathers and sends. Immutable.
 *
 * @param batchBytes a batch is sent once it has this many uncompressed bytes; a larger record goes
 *     alone
 * @param linger how long a batch waits for more records; zero sends at once
 * @param compression of the batches
 * @param bufferBytes bound of what was sent and is not acknowledged, uncompressed
 * @param maxBlock how long {@link Producer#send} waits for room in the buffer
 * @param deliveryTimeout how long a record may take from {@code send} to its answer
 * @param maxInFlightBatches how many batches of one partition may wait for their answers at once;
 *     an idempotent producer has no more than the server says it can tell repeats from
 * @param idempotence whether a batch whose answer was lost is sent again, which the server tells
 *     from a new one: each record is stored once, and in order. Without it such a batch fails with
 *     {@link OutcomeUnknownException}. A server that can't tell repeats refuses all batches.
 */
public record ProducerOptions(
    int batchBytes,
    Duration linger,
    Compression compression,
    long bufferBytes,
    Duration maxBlock,
    Duration deliveryTimeout,
    int maxInFlightBatches,
    boolean idempotence) {
  private static final int MAX_BATCH_BYTES = 16 << 20;

  public ProducerOptions {
    Objects.requireNonNull(compression, "compression");
    Objects.requireNonNull(deliveryTimeout, "deliveryTimeout");
    if (deliveryTimeout.isNegative() || deliveryTimeout.isZero()) {
      throw new IllegalArgumentException("deliveryTimeout must be positive, is " + deliveryTimeout);
    }
    if (linger.isNegative() || maxBlock.isNegative()) {
      throw new IllegalArgumentException(
          "linger and maxBlock can't be negative: " + linger + ", " + maxBlock);
    }
    if (batchBytes < 1 || batchBytes > MAX_BATCH_BYTES) {
      throw new IllegalArgumentException(
          "batchBytes must be in [1, " + MAX_BATCH_BYTES + "], is " + batchBytes);
    }
    if (bufferBytes < batchBytes) {
      throw new IllegalArgumentException(
          "bufferBytes " + bufferBytes + " is less than batchBytes " + batchBytes);
    }
    if (maxInFlightBatches < 1) {
      throw new IllegalArgumentException(
          "maxInFlightBatches must be positive, is " + maxInFlightBatches);
    }
  }

  /** 1 MiB batches, 2 ms, no compression, 32 MiB, 1 minute, 2 minutes, 64 batches, idempotent. */
  public static ProducerOptions defaults() {
    return new ProducerOptions(
        1 << 20,
        Duration.ofMillis(2),
        Compression.NONE,
        32L << 20,
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        64,
        true);
  }

  /** These options with another {@link #batchBytes()}. */
  public ProducerOptions withBatchBytes(int bytes) {
    return new ProducerOptions(
        bytes,
        linger,
        compression,
        bufferBytes,
        maxBlock,
        deliveryTimeout,
        maxInFlightBatches,
        idempotence);
  }

  /** These options with another {@link #linger()}. */
  public ProducerOptions withLinger(Duration time) {
    return new ProducerOptions(
        batchBytes,
        time,
        compression,
        bufferBytes,
        maxBlock,
        deliveryTimeout,
        maxInFlightBatches,
        idempotence);
  }

  /** These options with another {@link #compression()}. */
  public ProducerOptions withCompression(Compression codec) {
    return new ProducerOptions(
        batchBytes,
        linger,
        codec,
        bufferBytes,
        maxBlock,
        deliveryTimeout,
        maxInFlightBatches,
        idempotence);
  }

  /** These options with another {@link #bufferBytes()}. */
  public ProducerOptions withBufferBytes(long bytes) {
    return new ProducerOptions(
        batchBytes,
        linger,
        compression,
        bytes,
        maxBlock,
        deliveryTimeout,
        maxInFlightBatches,
        idempotence);
  }

  /** These options with another {@link #maxBlock()}. */
  public ProducerOptions withMaxBlock(Duration time) {
    return new ProducerOptions(
        batchBytes,
        linger,
        compression,
        bufferBytes,
        time,
        deliveryTimeout,
        maxInFlightBatches,
        idempotence);
  }

  /** These options with another {@link #deliveryTimeout()}. */
  public ProducerOptions withDeliveryTimeout(Duration time) {
    return new ProducerOptions(
        batchBytes,
        linger,
        compression,
        bufferBytes,
        maxBlock,
        time,
        maxInFlightBatches,
        idempotence);
  }

  /** These options with another {@link #maxInFlightBatches()}. */
  public ProducerOptions withMaxInFlightBatches(int batches) {
    return new ProducerOptions(
        batchBytes,
        linger,
        compression,
        bufferBytes,
        maxBlock,
        deliveryTimeout,
        batches,
        idempotence);
  }

  /** These options with another {@link #idempotence()}. */
  public ProducerOptions withIdempotence(boolean on) {
    return new ProducerOptions(
        batchBytes,
        linger,
        compression,
        bufferBytes,
        maxBlock,
        deliveryTimeout,
        maxInFlightBatches,
        on);
  }
}
