package io.thermocline.client.consumer;

import java.util.OptionalLong;

/**
 * How far a consumer is in one partition.
 *
 * @param position offset of the next record it hands out; empty until the server has said where the
 *     start is
 * @param logStart first readable offset, as last heard
 * @param end one past the last durable record, as last heard
 * @param caughtUp whether everything up to {@code end} was handed out when last heard
 * @param done whether nothing more comes: its end was reached
 */
public record PartitionProgress(
    OptionalLong position, long logStart, long end, boolean caughtUp, boolean done) {}
