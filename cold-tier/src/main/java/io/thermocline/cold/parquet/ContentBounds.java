package io.thermocline.cold.parquet;

/**
 * What a run of records spans; all inclusive, times in Unix milliseconds.
 *
 * @param firstOffset of the first record
 * @param lastOffset of the last record
 * @param minTimestampMillis smallest record timestamp
 * @param maxTimestampMillis largest record timestamp
 * @param minAppendTimeMillis smallest append time
 * @param maxAppendTimeMillis largest append time
 */
public record ContentBounds(
    long firstOffset,
    long lastOffset,
    long minTimestampMillis,
    long maxTimestampMillis,
    long minAppendTimeMillis,
    long maxAppendTimeMillis) {}
