package io.thermocline.hot;

import io.thermocline.hot.producers.LogKey;
import io.thermocline.model.TopicPartition;
import java.util.UUID;

/** A partition by what never changes about it. */
record LogId(UUID topic, int partition) {
  static LogId of(TopicPartition id) {
    return new LogId(id.topic().uuid(), id.partition());
  }

  LogKey producersKey() {
    return new LogKey(topic, partition);
  }

  LogStamp stamp(long segment) {
    return new LogStamp(topic, partition, segment);
  }
}
