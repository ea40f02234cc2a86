package io.thermocline.client.record;

import java.util.Objects;

/**
 * One partition of a topic, by name.
 *
 * @param topic the topic's name
 * @param partition its number, {@code >= 0}
 */
public record PartitionName(String topic, int partition) {
  public PartitionName {
    Objects.requireNonNull(topic, "topic");
    if (partition < 0) {
      throw new IllegalArgumentException("Not a partition: " + partition);
    }
  }

  /** As people and logs write it: {@code topic-0}. */
  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
