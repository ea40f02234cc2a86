package io.thermocline.hot.segment;

import java.util.UUID;

/**
 * Whose a segment file is. Headers' checksums are seeded with it, so without it they can't be
 * compared.
 *
 * @param topic the topic's identity
 * @param partition its partition's number
 * @param baseOffset the segment's
 * @param position where in that segment the file's first byte stood: 0, unless the file was cut out
 *     of it by a recovery
 */
public record SegmentPlace(UUID topic, int partition, long baseOffset, long position) {}
