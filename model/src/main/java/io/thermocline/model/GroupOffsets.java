package io.thermocline.model;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Each consumer group's place in each partition. Thread-safe. */
public interface GroupOffsets {

  /**
   * Stores the next offset the group wants, for each partition named; others keep theirs.
   *
   * @param group valid by {@link TopicNames#check}
   * @return completes once it is durable: all of it or nothing
   */
  CompletableFuture<Void> commit(String group, Map<TopicPartition, Long> offsets);

  /** What the group stored; empty for a group nobody has used. */
  Map<TopicPartition, Long> offsets(String group);
}
