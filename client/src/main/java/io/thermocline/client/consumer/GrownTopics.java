package io.thermocline.client.consumer;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.TopicPartitions;
import io.thermocline.model.ErrorKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Topics that a consumer reads as a whole, and what they grow. For the consumer's thread alone. */
final class GrownTopics {
  private static final Logger log = LoggerFactory.getLogger(GrownTopics.class);

  private final TopicPartitions topics;

  /** How many partitions are read, or were. */
  private final Map<String, Integer> counts = new HashMap<>();

  private final Map<String, CompletableFuture<Integer>> lookUps = new HashMap<>();

  GrownTopics(TopicPartitions topics) {
    this.topics = topics;
  }

  /** A topic is read as a whole from here on. */
  void add(String topic, int count) {
    counts.put(topic, count);
  }

  /** Nothing of a topic is read any more. */
  void remove(String topic) {
    counts.remove(topic);
    lookUps.remove(topic);
  }

  /**
   * The partitions that are new since this was last asked. Does not wait for the server: what it
   * has to be asked for comes with a later call.
   */
  List<PartitionName> grown() {
    List<PartitionName> grown = new ArrayList<>();
    for (String topic : List.copyOf(counts.keySet())) {
      CompletableFuture<Integer> lookUp = lookUps.computeIfAbsent(topic, topics::counting);
      if (lookUp.isDone()) {
        lookUps.remove(topic);
        grown.addAll(grown(topic, lookUp));
      }
    }
    return grown;
  }

  private List<PartitionName> grown(String topic, CompletableFuture<Integer> lookUp) {
    int before = counts.get(topic);
    try {
      int count = Math.max(before, lookUp.join());
      counts.put(topic, count);
      return IntStream.range(before, count)
          .mapToObj(number -> new PartitionName(topic, number))
          .toList();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ClientException problem
          && problem.kind() == ErrorKind.NOT_FOUND) {
        // Its partitions say so themselves, once what came of them is handed out.
        remove(topic);
      } else {
        log.debug("Could not ask whether topic={} has grown", topic, e);
      }
      return List.of();
    }
  }
}
