package io.thermocline.testkit;

import io.thermocline.model.GroupOffsets;
import io.thermocline.model.HotTier;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;

/** The fake in memory keeps what it is a fake of. */
class MemoryHotTierTest implements HotTierContract, TopicRegistryContract, GroupOffsetsContract {
  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final MemoryGroupOffsets groups = new MemoryGroupOffsets(topics);
  private final MemoryHotTier hot = new MemoryHotTier(topics, clock);

  @Override
  public HotTier hot() {
    return hot;
  }

  @Override
  public TopicRegistry topics() {
    return topics;
  }

  @Override
  public GroupOffsets groups() {
    return groups;
  }

  @Override
  public ManualClock clock() {
    return clock;
  }

  @Override
  public void producerReached(TopicPartition id, ProducerSequence next) {
    hot.producerReached(id, next);
  }
}
