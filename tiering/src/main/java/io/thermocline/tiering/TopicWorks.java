package io.thermocline.tiering;

import io.thermocline.model.TopicId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The work on each topic. Thread-safe. */
final class TopicWorks {
  private final Map<TopicId, TopicWork> works = new ConcurrentHashMap<>();

  TopicWork of(TopicId topic) {
    return works.computeIfAbsent(topic, id -> new TopicWork());
  }

  /** Without making one: for whoever only asks. */
  Optional<TopicWork> known(TopicId topic) {
    return Optional.ofNullable(works.get(topic));
  }

  void retain(Collection<TopicId> topics) {
    works
        .entrySet()
        .removeIf(work -> !topics.contains(work.getKey()) && !work.getValue().lock.isLocked());
  }
}
