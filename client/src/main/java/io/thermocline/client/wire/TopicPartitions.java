package io.thermocline.client.wire;

import io.thermocline.client.failure.ClientException;
import io.thermocline.model.ErrorKind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many partitions topics have, asked for once and then now and again. Thread-safe. */
public final class TopicPartitions {
  private static final Logger log = LoggerFactory.getLogger(TopicPartitions.class);
  private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

  private record Known(int partitions, long askedNanos) {}

  private final ToIntFunction<String> ask;
  private final LongSupplier nanoTime;
  private final Executor lookUps;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /**
   * Asks through {@code ask}, which throws {@link ClientException}.
   *
   * @param lookUps runs what asks for those who don't wait
   */
  public TopicPartitions(ToIntFunction<String> ask, LongSupplier nanoTime, Executor lookUps) {
    this.ask = ask;
    this.nanoTime = nanoTime;
    this.lookUps = lookUps;
  }

  /**
   * The topic's partitions. Waits for the server when the topic is new or not known freshly; when
   * it does not answer, an older answer still counts.
   *
   * @throws ClientException when it could not be asked, or there is no such topic
   */
  public int count(String topic) {
    Known before = known.get(topic);
    long now = nanoTime.getAsLong();
    if (isFresh(before, now)) {
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

  /** As {@link #count}, for those who don't wait for the server. */
  public CompletableFuture<Integer> counting(String topic) {
    Known before = known.get(topic);
    return isFresh(before, nanoTime.getAsLong())
        ? CompletableFuture.completedFuture(before.partitions())
        : CompletableFuture.supplyAsync(() -> count(topic), lookUps);
  }

  private static boolean isFresh(Known knownOrNull, long now) {
    return knownOrNull != null && now - knownOrNull.askedNanos() < FRESH_NANOS;
  }
}
