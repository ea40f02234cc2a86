package io.thermocline.hot.producers;

import io.thermocline.model.TopicPartition;
import java.util.UUID;

/** A partition's log by what never changes about it. */
public record LogId(UUID topic, int partition) {
  /** The id of a partition's log. */
  public static LogId of(TopicPartition id) {
    return new LogId(id.topic().uuid(), id.partition());
  }
}
