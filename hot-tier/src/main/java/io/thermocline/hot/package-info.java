/**
 * The embedded hot tier: partition logs of segments on local disk, forced before they are
 * acknowledged. This package is the tier at work, the packages below it are what it works with;
 * none of them knows it, and there is no cycle among them.
 *
 * <p>Start with {@link io.thermocline.hot.EmbeddedHotTier}; then the way of a batch: {@code
 * PartitionLog} (one log's order of work) to {@link io.thermocline.hot.segment.SegmentWriter}
 * (bytes to the file) with {@link io.thermocline.hot.segment.BatchHeader} (what they look like) and
 * {@link io.thermocline.hot.journal.Journal} (small groups of many logs, forced together), and back
 * through {@link io.thermocline.hot.read.LogReader}. What a restart does is {@code HotOpening} and
 * {@code LogRecovery}.
 */
package io.thermocline.hot;
