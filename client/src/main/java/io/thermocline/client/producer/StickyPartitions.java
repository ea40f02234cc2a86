package io.thermocline.client.producer;

import io.thermocline.client.record.PartitionName;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where records without a key go: all to one partition of a topic until its batch is closed, then
 * to another one, so that batches get full. Thread-safe.
 */
final class StickyPartitions {
  private final Map<String, Integer> current = new ConcurrentHashMap<>();
  private final SplittableRandom random;

  StickyPartitions(SplittableRandom random) {
    this.random = random;
  }

  int partition(String topic, int partitions) {
    Integer known = current.get(topic);
    if (known != null && known < partitions) {
      return known;
    }
    int chosen = choose(partitions);
    current.put(topic, chosen);
    return chosen;
  }

  /** A batch of that partition is closed: if it was the current one, the next record moves on. */
  void batchClosed(PartitionName partition) {
    current.remove(partition.topic(), partition.partition());
  }

  private synchronized int choose(int partitions) {
    return random.nextInt(partitions);
  }
}
