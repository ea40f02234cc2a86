package io.thermocline.testkit;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.GroupOffsets;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicNames;
import io.thermocline.model.TopicPartition;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Group offsets kept in memory. Those of deleted topics are simply not shown. */
public final class MemoryGroupOffsets implements GroupOffsets {
  private final MemoryTopics topics;
  private final Map<String, Map<TopicPartition, Long>> groups = new HashMap<>();

  /** No groups yet. */
  public MemoryGroupOffsets(MemoryTopics topics) {
    this.topics = topics;
  }

  @Override
  public CompletableFuture<Void> commit(String group, Map<TopicPartition, Long> offsets) {
    try {
      store(TopicNames.check(group), offsets);
      return CompletableFuture.completedFuture(null);
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public synchronized Map<TopicPartition, Long> offsets(String group) {
    return groups.getOrDefault(TopicNames.check(group), Map.of()).entrySet().stream()
        .filter(entry -> topics.has(entry.getKey()))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private synchronized void store(String group, Map<TopicPartition, Long> offsets) {
    for (Map.Entry<TopicPartition, Long> entry : offsets.entrySet()) {
      topics.require(entry.getKey());
      if (entry.getValue() < 0) {
        throw new ThermoclineException(
            ErrorKind.INVALID,
            "Not an offset for %s: %d".formatted(entry.getKey(), entry.getValue()));
      }
    }
    groups.computeIfAbsent(group, name -> new HashMap<>()).putAll(offsets);
  }
}
