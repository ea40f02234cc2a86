package io.thermocline.tiering;

import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts both tiers of a topic side by side. */
final class TopicReader {
  private TopicReader() {}

  /**
   * What the hot tier says now beside what the table said.
   *
   * @param cold read before, so that its tiered-to is at most what is durable now
   * @throws ThermoclineException {@link ErrorKind#NOT_FOUND} when the topic is gone; what fails for
   *     one partition alone is told in the view
   */
  static TopicView read(HotTier hot, Topic topic, Optional<ColdTopic> cold) {
    List<PartitionView> partitions = new ArrayList<>();
    Map<TopicPartition, String> unreadable = new HashMap<>();
    topic
        .partitions()
        .forEach(
            id -> {
              try {
                partitions.add(partition(hot, id, cold));
              } catch (ThermoclineException e) {
                if (e.kind() == ErrorKind.NOT_FOUND) {
                  throw e;
                }
                unreadable.put(id, e.kind() + ": " + e.getMessage());
              }
            });
    return new TopicView(topic, partitions, unreadable);
  }

  /**
   * Passes while the partition's topic is there, and else ends what is done for it: a deletion
   * makes everything fail, and is told once, by whoever runs the pass.
   *
   * @throws ThermoclineException {@link ErrorKind#NOT_FOUND} when the topic is gone
   */
  static void requireTopic(HotTier hot, TopicPartition id) {
    try {
      PartitionState unused = hot.state(id);
    } catch (ThermoclineException e) {
      // A log that failed is that partition's problem, and is told as such.
      if (e.kind() == ErrorKind.NOT_FOUND) {
        throw e;
      }
    }
  }

  static PartitionView partition(HotTier hot, TopicPartition id, Optional<ColdTopic> cold) {
    ColdPartition inTable =
        cold.map(table -> table.partition(id.partition()))
            .orElseGet(() -> ColdPartition.empty(id.partition()));
    PartitionState state = hot.state(id);
    return new PartitionView(id, state, hot.spans(id), inTable);
  }
}
