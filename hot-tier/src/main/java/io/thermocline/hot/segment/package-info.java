/**
 * One segment: the file of batches, its header's layout, its index; how it is written, scanned,
 * judged after a crash, and walked byte by byte. Start with {@link
 * io.thermocline.hot.segment.SegmentWriter} and {@link io.thermocline.hot.segment.BatchHeader}.
 * Knows the disk and what a producer's batch is, but no log.
 */
package io.thermocline.hot.segment;
