package io.thermocline.hot.producers;

/**
 * What is remembered of a batch with a producer's sequence; all of it stands in its header too.
 *
 * @param crc32c the producer's checksum: another batch has another one
 */
public record ProducerBatch(
    long producerId,
    short epoch,
    int baseSequence,
    int lastOffsetDelta,
    int crc32c,
    long baseOffset,
    long appendTimeMillis) {}
