package io.thermocline.model;

import java.util.Map;
import java.util.Objects;

/**
 * A topic's table as one snapshot has it.
 *
 * @param topic whose table it is
 * @param table the table's name, namespace included
 * @param location where it lies, as a URI
 * @param partitions those the table knows of, by number
 */
public record ColdTopic(
    TopicId topic, String table, String location, Map<Integer, ColdPartition> partitions) {
  public ColdTopic {
    Objects.requireNonNull(topic, "topic");
    partitions = Map.copyOf(partitions);
  }

  /** The partition's part; an empty one when the table does not know it yet. */
  public ColdPartition partition(int partition) {
    return partitions.getOrDefault(partition, ColdPartition.empty(partition));
  }
}
