package io.thermocline.testkit;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNames;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Topics kept in memory. One lock, two maps by name. */
public final class MemoryTopics implements TopicRegistry {
  /** More partitions than this are refused. */
  public static final int MAX_PARTITIONS = 10_000;

  private final InstantSource clock;
  private final Map<String, Topic> topics = new TreeMap<>();
  private final Map<String, Deletion> deletions = new TreeMap<>();
  private final List<Consumer<TopicId>> deleteListeners = new CopyOnWriteArrayList<>();

  /** No topics yet. */
  public MemoryTopics(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Topic create(String name, int partitionCount) {
    TopicNames.check(name);
    checkCount(partitionCount);
    for (String taken : takenNames()) {
      if (TableNames.of(taken).equals(TableNames.of(name))) {
        throw new ThermoclineException(
            ErrorKind.ALREADY_EXISTS,
            "Topic '%s' is there, it has the table name %s".formatted(taken, TableNames.of(name)));
      }
    }
    Topic topic = new Topic(new TopicId(UUID.randomUUID(), name), partitionCount, clock.instant());
    topics.put(name, topic);
    return topic;
  }

  @Override
  public synchronized Optional<Topic> find(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  @Override
  public synchronized List<Topic> list() {
    return List.copyOf(topics.values());
  }

  @Override
  public synchronized Topic growPartitions(TopicId id, int partitionCount) {
    Topic topic = living(id);
    checkCount(partitionCount);
    if (partitionCount < topic.partitionCount()) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Topic '%s' has %d partitions: it cannot shrink to %d"
              .formatted(id, topic.partitionCount(), partitionCount));
    }
    Topic grown = new Topic(id, partitionCount, topic.created());
    topics.put(id.name(), grown);
    return grown;
  }

  @Override
  public Deletion beginDelete(TopicId id, boolean purgeCold) {
    Deletion deletion;
    synchronized (this) {
      Deletion begun = deletions.get(id.name());
      if (begun != null && begun.topic().id().equals(id)) {
        return begun;
      }
      deletion = new Deletion(living(id), purgeCold);
      topics.remove(id.name());
      deletions.put(id.name(), deletion);
    }
    deleteListeners.forEach(listener -> listener.accept(id));
    return deletion;
  }

  @Override
  public synchronized List<Deletion> deletions() {
    return List.copyOf(deletions.values());
  }

  @Override
  public synchronized void finishDelete(TopicId id) {
    Deletion deletion = deletions.get(id.name());
    if (deletion != null && deletion.topic().id().equals(id)) {
      deletions.remove(id.name());
    }
  }

  /** Calls {@code listener} after each topic's deletion has begun. */
  void onDelete(Consumer<TopicId> listener) {
    deleteListeners.add(listener);
  }

  /** Whether the partition exists and its topic is not being deleted. */
  synchronized boolean has(TopicPartition id) {
    Topic topic = topics.get(id.topic().name());
    return topic != null
        && topic.id().equals(id.topic())
        && id.partition() < topic.partitionCount();
  }

  /** Passes when the partition exists, else throws {@link ErrorKind#NOT_FOUND}. */
  void require(TopicPartition id) {
    if (!has(id)) {
      throw new ThermoclineException(ErrorKind.NOT_FOUND, "No partition " + id);
    }
  }

  private Topic living(TopicId id) {
    Topic topic = topics.get(id.name());
    if (topic == null || !topic.id().equals(id)) {
      throw new ThermoclineException(ErrorKind.NOT_FOUND, "No topic '" + id + "'");
    }
    return topic;
  }

  private List<String> takenNames() {
    List<String> names = new ArrayList<>(topics.keySet());
    names.addAll(deletions.keySet());
    return names;
  }

  private static void checkCount(int partitionCount) {
    if (partitionCount < 1 || partitionCount > MAX_PARTITIONS) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Not a partition count: %d, the limit is %d".formatted(partitionCount, MAX_PARTITIONS));
    }
  }
}
