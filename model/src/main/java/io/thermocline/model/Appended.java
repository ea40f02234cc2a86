package io.thermocline.model;

/**
 * Where a batch was stored.
 *
 * @param baseOffset offset of its first record
 * @param appendTimeMillis the broker's time, Unix milliseconds
 */
public record Appended(long baseOffset, long appendTimeMillis) {}
