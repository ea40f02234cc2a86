/**
 * The embedded hot tier: partition logs of segments on local disk, forced before they are
 * acknowledged.
 *
 * <p>Start with {@link io.thermocline.hot.EmbeddedHotTier}; then the way of a batch: {@code
 * PartitionLog} (one log's order of work) to {@code SegmentWriter} (bytes to the file) with {@code
 * BatchHeader} (what they look like) and {@link io.thermocline.hot.journal.Journal} (small groups
 * of many logs, forced together), and back through {@code LogReader}. What a restart does is {@code
 * Recovery}.
 */
package io.thermocline.hot;
