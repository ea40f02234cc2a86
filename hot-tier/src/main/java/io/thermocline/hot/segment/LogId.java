package io.thermocline.hot.segment;

import io.thermocline.hot.producers.LogKey;
import io.thermocline.model.TopicPartition;
import java.util.UUID;

/** A partition by what never changes about it. */
public record LogId(UUID topic, int partition) {
  /** The id of a partition. */
  public static LogId of(TopicPartition id) {
    return new LogId(id.topic().uuid(), id.partition());
  }

  /** By what its producers are kept. */
  public LogKey producersKey() {
    return new LogKey(topic, partition);
  }

  LogStamp stamp(long segment) {
    return new LogStamp(topic, partition, segment);
  }
}
