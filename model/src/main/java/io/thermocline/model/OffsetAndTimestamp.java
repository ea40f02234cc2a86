package io.thermocline.model;

/**
 * A record's place and time.
 *
 * @param offset its offset
 * @param timestampMillis its timestamp, Unix milliseconds
 */
public record OffsetAndTimestamp(long offset, long timestampMillis) {}
