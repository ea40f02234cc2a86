package io.thermocline.client;

import io.thermocline.model.ErrorKind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many partitions topics have, asked for once and then now and again. Thread-safe. */
final class TopicPartitions {
  private static final Logger log = LoggerFactory.getLogger(TopicPartitions.class);
  private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

  private record Known(int partitions, long askedNanos) {}

  private final ToIntFunction<String> ask;
  private final LongSupplier nanoTime;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** Asks through {@code ask}, which throws {@link ClientException}. */
  TopicPartitions(ToIntFunction<String> ask, LongSupplier nanoTime) {
    this.ask = ask;
    this.nanoTime = nanoTime;
  }

  /**
   * The topic's partitions. Waits for the server when the topic is new or not known freshly; when
   * it does not answer, an older answer still counts.
   *
   * @throws ClientException when it could not be asked, or there is no such topic
   */
  int count(String topic) {
    Known before = known.get(topic);
    long now = nanoTime.getAsLong();
    if (before != null && now - before.askedNanos() < FRESH_NANOS) {
      return before.partitions();
    }
    try {
      int partitions = ask.applyAsInt(topic);
      known.put(topic, new Known(partitions, now));
      return partitions;
    } catch (ClientException e) {
      if (before == null || e.kind() == ErrorKind.NOT_FOUND) {
        known.remove(topic);
        throw e;
      }
      log.debug("Could not refresh topic={} partitions={}", topic, before.partitions(), e);
      known.put(topic, new Known(before.partitions(), now));
      return before.partitions();
    }
  }
}
