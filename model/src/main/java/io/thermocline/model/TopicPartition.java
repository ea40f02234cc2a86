package io.thermocline.model;

import java.util.Objects;

/**
 * One partition of one topic, by the topic's identity rather than by its name alone.
 *
 * @param topic whose partition it is
 * @param partition its number, {@code >= 0}
 */
public record TopicPartition(TopicId topic, int partition) {
  public TopicPartition {
    Objects.requireNonNull(topic, "topic");
    if (partition < 0) {
      throw new IllegalArgumentException("Not a partition: " + partition);
    }
  }

  /** As people and logs write it: {@code topic-0}. */
  @Override
  public String toString() {
    return topic.name() + "-" + partition;
  }
}
