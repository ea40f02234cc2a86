package io.thermocline.testkit;

import io.thermocline.model.HotTier;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;

/** The contract leaves room for gaps, empty reads, split batches and answers from other threads. */
class QuirkyHotTierTest implements HotTierContract {
  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final MemoryHotTier hot = new MemoryHotTier(topics, clock, Quirks.ALL, thread);

  @AfterEach
  void close() {
    hot.close();
    thread.shutdownNow();
  }

  @Override
  public HotTier hot() {
    return hot;
  }

  @Override
  public TopicRegistry topics() {
    return topics;
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
