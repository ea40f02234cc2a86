package io.thermocline.client.producer;

/**
 * Where an acknowledged record is, durably.
 *
 * @param topic its topic
 * @param partition its partition
 * @param offset its number there, never reused
 * @param appendTimeMillis when the server appended it, Unix milliseconds
 */
public record RecordMetadata(String topic, int partition, long offset, long appendTimeMillis) {}
