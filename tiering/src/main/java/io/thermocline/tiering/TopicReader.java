package io.thermocline.tiering;

import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.HotTier;
import io.thermocline.model.PartitionState;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import java.util.Optional;

/** Puts both tiers of a topic side by side. */
final class TopicReader {
  private TopicReader() {}

  /**
   * What the hot tier says now beside what the table said.
   *
   * @param cold read before, so that its tiered-to is at most what is durable now
   */
  static TopicView read(HotTier hot, Topic topic, Optional<ColdTopic> cold) {
    return new TopicView(topic, topic.partitions().map(id -> partition(hot, id, cold)).toList());
  }

  static PartitionView partition(HotTier hot, TopicPartition id, Optional<ColdTopic> cold) {
    ColdPartition inTable =
        cold.map(table -> table.partition(id.partition()))
            .orElseGet(() -> ColdPartition.empty(id.partition()));
    PartitionState state = hot.state(id);
    return new PartitionView(id, state, hot.spans(id), inTable);
  }
}
