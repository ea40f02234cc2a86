package io.thermocline.hot;

import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.producers.LogId;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The logs that are open, by partition. Thread-safe. */
final class Logs {
  private final Map<TopicPartition, PartitionLog> logs = new ConcurrentHashMap<>();

  private volatile ThermoclineException closed;

  /** Adds a log; another one of that partition would lose what it has taken. */
  void add(PartitionLog log) {
    if (logs.putIfAbsent(log.id(), log) != null) {
      throw new IllegalStateException("The log of %s is open already".formatted(log.id()));
    }
  }

  /**
   * A partition's log.
   *
   * @throws ThermoclineException {@link ErrorKind#NOT_FOUND}; the reason for closing once closed
   */
  PartitionLog require(TopicPartition id) {
    if (closed != null) {
      throw closed;
    }
    PartitionLog log = logs.get(id);
    if (log == null) {
      throw notFound(id);
    }
    return log;
  }

  static ThermoclineException notFound(TopicPartition id) {
    return new ThermoclineException(
        ErrorKind.NOT_FOUND, "No partition %s (topic %s)".formatted(id, id.topic().uuid()));
  }

  Collection<PartitionLog> all() {
    return logs.values();
  }

  int count() {
    return logs.size();
  }

  /** Takes a topic's logs out; completes when their files are closed. */
  CompletableFuture<Void> drop(TopicId topic) {
    List<PartitionLog> dropped =
        logs.values().stream().filter(log -> log.id().topic().equals(topic)).toList();
    dropped.forEach(log -> logs.remove(log.id()));
    return CompletableFuture.allOf(
        dropped.stream()
            .map(log -> log.abandon(notFound(log.id())))
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Closes all, for {@code why}; completes when what they had taken is durable. */
  CompletableFuture<Void> close(ThermoclineException why) {
    closed = why;
    return CompletableFuture.allOf(
        logs.values().stream().map(log -> log.close(why)).toArray(CompletableFuture<?>[]::new));
  }

  /** Where all of them stand. */
  Map<LogId, Checkpoint.Mark> marks() {
    Map<LogId, Checkpoint.Mark> marks = new HashMap<>();
    for (PartitionLog log : logs.values()) {
      log.mark().ifPresent(mark -> marks.put(LogId.of(log.id()), mark));
    }
    return marks;
  }
}
