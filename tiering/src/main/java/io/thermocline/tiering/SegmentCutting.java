package io.thermocline.tiering;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.tiering.policy.PolicyDocument;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the hot tier how the policies want segments cut. Thread-safe. */
final class SegmentCutting {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentCutting.class);

  private final HotTier hot;
  private final Map<TopicPartition, SegmentLimits> told = new HashMap<>();

  SegmentCutting(HotTier hot) {
    this.hot = hot;
  }

  /** Tells what is new or has changed, and forgets partitions that are gone. */
  synchronized void tell(List<Topic> topics, PolicyDocument policies) {
    Set<TopicPartition> all = new HashSet<>();
    for (Topic topic : topics) {
      SegmentLimits limits = policies.of(topic.name()).segment().limits();
      topic
          .partitions()
          .forEach(
              id -> {
                all.add(id);
                if (!limits.equals(told.get(id))) {
                  tell(id, limits);
                }
              });
    }
    told.keySet().retainAll(all);
  }

  private void tell(TopicPartition id, SegmentLimits limits) {
    try {
      hot.segmentLimits(id, limits);
      told.put(id, limits);
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        LOG.warn("segment limits not set, tried again partition={} kind={}", id, e.kind(), e);
      }
    }
  }
}
