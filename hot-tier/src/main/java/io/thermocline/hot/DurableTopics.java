package io.thermocline.hot;

import io.thermocline.hot.directory.Metadata;
import io.thermocline.hot.directory.Metadata.DeleteIntent;
import io.thermocline.hot.directory.Metadata.TopicEntry;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.groups.GroupOffsetsFile;
import io.thermocline.hot.producers.LogId;
import io.thermocline.hot.producers.ProducerMemory;
import io.thermocline.hot.producers.ProducerTable;
import io.thermocline.hot.read.LogView;
import io.thermocline.hot.segment.LogStamp;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.hot.segment.SegmentWriter;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNames;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** The topics, as the metadata file has them, with their logs opened and dropped as they change. */
final class DurableTopics implements TopicRegistry {
  private final LogEnvironment env;
  private final MetadataFile metadata;
  private final Logs logs;
  private final GroupOffsetsFile groups;
  private final HotThreads threads;

  /** Held while the metadata and the open logs are made to agree: one change after the other. */
  private final Object changes = new Object();

  /**
   * @param threads nobody interrupts them: an interrupt would close files
   */
  DurableTopics(
      LogEnvironment env,
      MetadataFile metadata,
      Logs logs,
      GroupOffsetsFile groups,
      HotThreads threads) {
    this.env = env;
    this.metadata = metadata;
    this.logs = logs;
    this.groups = groups;
    this.threads = threads;
  }

  @Override
  public Topic create(String name, int partitionCount) {
    TopicId id = new TopicId(UUID.randomUUID(), TopicNames.check(name));
    checkCount(name, partitionCount);
    Instant now = Instant.ofEpochMilli(env.clock().millis());
    Topic topic = new Topic(id, partitionCount, now);
    return onChores(
        () -> {
          synchronized (changes) {
            Metadata unused =
                metadata.change(
                    current -> {
                      checkNameIsFree(current, name);
                      checkRoom(current, partitionCount);
                      return current.with(new TopicEntry(topic, Optional.empty(), Map.of()));
                    });
            topic.partitions().forEach(this::openNew);
            return topic;
          }
        });
  }

  private void checkCount(String name, int partitionCount) {
    int limit = env.settings().maxPartitions();
    if (partitionCount < 1 || partitionCount > limit) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Topic '%s' can't have %d partitions: from 1 to %d are possible"
              .formatted(name, partitionCount, limit));
    }
  }

  private void checkRoom(Metadata current, int more) {
    long there = current.entries().stream().mapToLong(e -> e.topic().partitionCount()).sum();
    if (there + more > env.settings().maxPartitions()) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "There are %d partitions, %d more would pass the limit of %d"
              .formatted(there, more, env.settings().maxPartitions()));
    }
  }

  private static void checkNameIsFree(Metadata current, String name) {
    TopicEntry same = current.topics().get(name);
    if (same != null) {
      throw new ThermoclineException(
          ErrorKind.ALREADY_EXISTS,
          "Topic '%s' exists already%s"
              .formatted(name, same.deletion().isPresent() ? ", it is being deleted" : ""));
    }
    for (TopicEntry other : current.entries()) {
      if (TableNames.of(other.topic().name()).equals(TableNames.of(name))) {
        throw new ThermoclineException(
            ErrorKind.ALREADY_EXISTS,
            "Topic '%s' would have the table '%s', which is that of topic '%s': choose another name"
                .formatted(name, TableNames.of(name), other.topic().name()));
      }
    }
  }

  private void openNew(TopicPartition partition) {
    Segment first = Segment.at(env.directory().partition(partition), partition, 0);
    SegmentIndex index = new SegmentIndex(0);
    LogView empty = LogView.of(List.of(), first, index, 0, 0, 0, 0, List.of());
    SegmentWriter writer = new SegmentWriter(env.disk(), first, index, false, 0, 0, 0);
    ProducerMemory producers =
        new ProducerMemory(LogId.of(partition), new ProducerTable(env.census()), 0);
    logs.add(new PartitionLog(partition, env, empty, writer, producers, 0));
  }

  @Override
  public Optional<Topic> find(String name) {
    return Optional.ofNullable(metadata.current().topics().get(name))
        .filter(entry -> entry.deletion().isEmpty())
        .map(TopicEntry::topic);
  }

  @Override
  public List<Topic> list() {
    return metadata.current().entries().stream()
        .filter(entry -> entry.deletion().isEmpty())
        .map(TopicEntry::topic)
        .toList();
  }

  @Override
  public Topic growPartitions(TopicId topic, int partitionCount) {
    checkCount(topic.name(), partitionCount);
    return onChores(
        () -> {
          synchronized (changes) {
            int before = requireLive(metadata.current(), topic).topic().partitionCount();
            Metadata after = metadata.change(current -> grown(current, topic, partitionCount));
            Topic now = requireLive(after, topic).topic();
            now.partitions().filter(p -> p.partition() >= before).forEach(this::openNew);
            return now;
          }
        });
  }

  private Metadata grown(Metadata current, TopicId id, int partitionCount) {
    TopicEntry entry = requireLive(current, id);
    int before = entry.topic().partitionCount();
    if (partitionCount < before) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Topic '%s' has %d partitions and can't shrink to %d"
              .formatted(id.name(), before, partitionCount));
    }
    checkRoom(current, partitionCount - before);
    return current.with(entry.withTopic(new Topic(id, partitionCount, entry.topic().created())));
  }

  private static TopicEntry requireLive(Metadata current, TopicId id) {
    return current
        .find(id)
        .filter(entry -> entry.deletion().isEmpty())
        .orElseThrow(
            () -> new ThermoclineException(ErrorKind.NOT_FOUND, "No topic '" + id.name() + "'"));
  }

  @Override
  public Deletion beginDelete(TopicId topic, boolean purgeCold) {
    return onChores(
        () -> {
          DeleteIntent asked = purgeCold ? DeleteIntent.PURGE_COLD : DeleteIntent.KEEP_COLD;
          Metadata after;
          CompletableFuture<Void> dropped;
          synchronized (changes) {
            after =
                metadata.change(
                    current -> {
                      TopicEntry entry = requireKnown(current, topic);
                      return entry.deletion().isPresent()
                          ? current
                          : current.with(entry.withDeletion(asked));
                    });
            dropped = logs.drop(topic);
          }
          dropped.join();
          return deletion(requireKnown(after, topic));
        });
  }

  private static TopicEntry requireKnown(Metadata current, TopicId id) {
    return current
        .find(id)
        .orElseThrow(
            () -> new ThermoclineException(ErrorKind.NOT_FOUND, "No topic '" + id.name() + "'"));
  }

  private static Deletion deletion(TopicEntry entry) {
    return new Deletion(entry.topic(), entry.deletion().orElseThrow() == DeleteIntent.PURGE_COLD);
  }

  @Override
  public List<Deletion> deletions() {
    return metadata.current().entries().stream()
        .filter(entry -> entry.deletion().isPresent())
        .map(DurableTopics::deletion)
        .toList();
  }

  @Override
  public void finishDelete(TopicId topic) {
    Metadata unused =
        onChores(
            () -> {
              Optional<TopicEntry> entry = metadata.current().find(topic);
              if (entry.isEmpty()) {
                return metadata.current();
              }
              if (entry.get().deletion().isEmpty()) {
                throw new ThermoclineException(
                    ErrorKind.FAILED_PRECONDITION,
                    "Topic '%s' is not being deleted".formatted(topic.name()));
              }
              deleteFiles(topic);
              groups.forget(topic.uuid()).join();
              return metadata.change(current -> current.without(topic));
            });
  }

  private void deleteFiles(TopicId topic) {
    Path directory = env.directory().topic(topic);
    try {
      for (Disk.Entry partition : env.disk().list(directory)) {
        for (Disk.Entry file : env.disk().list(partition.path())) {
          env.disk().delete(file.path());
          Segment.baseOf(file.name())
              .ifPresent(
                  base ->
                      env.segments()
                          .forget(new Segment(stamp(topic, partition, base), file.path())));
        }
        env.disk().delete(partition.path());
      }
      env.disk().delete(directory);
      if (env.disk().exists(env.directory().topics())) {
        env.disk().forceDirectory(env.directory().topics());
      }
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT,
          "Files of topic '%s' could not all be deleted, it goes on later: %s"
              .formatted(topic.name(), e),
          e);
    }
  }

  private static LogStamp stamp(TopicId topic, Disk.Entry partition, long base) {
    return new LogStamp(topic.uuid(), Integer.parseInt(partition.name()), base);
  }

  private <T> T onChores(Supplier<T> change) {
    try {
      return Waiting.on(CompletableFuture.supplyAsync(change, threads.chores()));
    } catch (RejectedExecutionException notTaken) {
      throw threads.refusal();
    }
  }
}
