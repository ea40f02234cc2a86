package io.thermocline.model;

import java.util.Objects;
import java.util.UUID;

/**
 * A topic's name with its identity. A topic deleted and created again has the same name and another
 * UUID, and is another topic: nothing stored for the one is ever read or written for the other.
 *
 * @param uuid random, given when the topic is created
 * @param name valid by {@link TopicNames#check}
 */
public record TopicId(UUID uuid, String name) {
  public TopicId {
    Objects.requireNonNull(uuid, "uuid");
    TopicNames.check(name);
  }

  /** Its partition with number {@code partition}. */
  public TopicPartition partition(int partition) {
    return new TopicPartition(this, partition);
  }

  @Override
  public String toString() {
    return name;
  }
}
