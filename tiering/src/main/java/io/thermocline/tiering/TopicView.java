package io.thermocline.tiering;

import io.thermocline.model.Topic;
import java.util.List;

/** Both tiers of a topic, as data: what a plan is made of. */
record TopicView(Topic topic, List<PartitionView> partitions) {
  TopicView {
    partitions = List.copyOf(partitions);
  }
}
