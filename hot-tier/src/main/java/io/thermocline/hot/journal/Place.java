package io.thermocline.hot.journal;

import java.util.UUID;

/**
 * Where bytes belong.
 *
 * @param topic the log's topic
 * @param partition its partition
 * @param segment base offset of the segment
 * @param position of the first byte in the segment's file
 * @param bytes how many
 * @param nextOffset one past the last offset in them
 */
public record Place(
    UUID topic, int partition, long segment, long position, int bytes, long nextOffset) {}
