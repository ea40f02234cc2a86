package io.thermocline.client.admin;

import java.time.Instant;

/**
 * A topic.
 *
 * @param name its name
 * @param id its UUID: a topic created again under the same name has another
 * @param partitionCount how many partitions it has
 * @param createTime when it was created
 */
public record TopicSummary(String name, String id, int partitionCount, Instant createTime) {}
