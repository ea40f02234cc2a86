package io.thermocline.tiering;

import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import java.util.List;
import java.util.Map;

/**
 * Both tiers of a topic, as data: what a plan is made of.
 *
 * @param partitions those that could be looked at
 * @param unreadable why the others could not: nothing is done to them
 */
record TopicView(
    Topic topic, List<PartitionView> partitions, Map<TopicPartition, String> unreadable) {
  TopicView {
    partitions = List.copyOf(partitions);
    unreadable = Map.copyOf(unreadable);
  }
}
