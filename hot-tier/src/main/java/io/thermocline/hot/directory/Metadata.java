package io.thermocline.hot.directory;

import io.thermocline.hot.segment.LostRanges;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * What is durable about topics and is not in their segments. Immutable.
 *
 * @param clusterId made with the data directory
 * @param topics by name
 */
public record Metadata(UUID clusterId, Map<String, TopicEntry> topics) {
  public Metadata {
    Objects.requireNonNull(clusterId, "clusterId");
    topics = Collections.unmodifiableMap(new TreeMap<>(topics));
  }

  /** How far a deletion is to go. */
  public enum DeleteIntent {
    /** What is in the cold tier stays. */
    KEEP_COLD(1),

    /** What is in the cold tier goes too. */
    PURGE_COLD(2);

    private final int code;

    DeleteIntent(int code) {
      this.code = code;
    }

    /** Its number in the file. */
    int code() {
      return code;
    }

    static DeleteIntent ofCode(int code) {
      return code == PURGE_COLD.code ? PURGE_COLD : KEEP_COLD;
    }
  }

  /**
   * One topic.
   *
   * @param deletion present once the topic is to be deleted
   * @param partitions by number; one that is missing is {@link PartitionEntry#NEW}
   */
  public record TopicEntry(
      Topic topic, Optional<DeleteIntent> deletion, Map<Integer, PartitionEntry> partitions) {
    public TopicEntry {
      partitions = Collections.unmodifiableMap(new TreeMap<>(partitions));
    }

    /** The entry of a partition, also of one that has none yet. */
    public PartitionEntry partition(int number) {
      return partitions.getOrDefault(number, PartitionEntry.NEW);
    }

    /** With what the topic is now. */
    public TopicEntry withTopic(Topic other) {
      return new TopicEntry(other, deletion, partitions);
    }

    /** With the topic to be deleted. */
    public TopicEntry withDeletion(DeleteIntent intent) {
      return new TopicEntry(topic, Optional.of(intent), partitions);
    }
  }

  /**
   * One partition.
   *
   * @param logStart first offset that is to be readable, over both tiers; it never goes back
   * @param trimmedTo segments that end at or below it are gone, or are to go
   * @param epoch the log epoch
   * @param lost damaged ranges that a start or a reader found, see {@link LostRanges}
   * @param fence appends with a lower token are refused; 0: there is no fence
   */
  public record PartitionEntry(
      long logStart, long trimmedTo, int epoch, List<OffsetRange> lost, long fence) {
    static final PartitionEntry NEW = new PartitionEntry(0, 0, 0, List.of(), 0);

    public PartitionEntry {
      lost = List.copyOf(lost);
    }

    /** With a log start of at least {@code offset}. */
    public PartitionEntry startingAt(long offset) {
      return new PartitionEntry(Math.max(logStart, offset), trimmedTo, epoch, lost, fence);
    }

    /** With the segments that end at or below {@code upTo} gone. */
    public PartitionEntry trimmed(long upTo) {
      List<OffsetRange> rest = lost.stream().filter(range -> range.to() > upTo).toList();
      return new PartitionEntry(logStart, Math.max(trimmedTo, upTo), epoch, rest, fence);
    }

    /** With more damage; what lies in segments that are gone is missed by nobody. */
    public PartitionEntry losing(List<OffsetRange> damaged) {
      List<OffsetRange> kept =
          damaged.stream().filter(range -> range.to() > Math.max(trimmedTo, logStart)).toList();
      return new PartitionEntry(logStart, trimmedTo, epoch, LostRanges.with(lost, kept), fence);
    }

    /** As a start found it that cut something, or found damage. */
    public PartitionEntry recovered(int newEpoch, List<OffsetRange> nowLost) {
      return new PartitionEntry(logStart, trimmedTo, newEpoch, nowLost, fence);
    }

    /** With appends below {@code token} refused. */
    public PartitionEntry fencedBy(long token) {
      return new PartitionEntry(logStart, trimmedTo, epoch, lost, Math.max(fence, token));
    }
  }

  /** A data directory without topics. */
  static Metadata empty(UUID clusterId) {
    return new Metadata(clusterId, Map.of());
  }

  /** The entry of exactly that topic; not that of another one with its name. */
  public Optional<TopicEntry> find(TopicId id) {
    return Optional.ofNullable(topics.get(id.name()))
        .filter(entry -> entry.topic().id().equals(id));
  }

  /** The entry of a partition; that of a new one when it has none. */
  public PartitionEntry partition(TopicPartition id) {
    return find(id.topic())
        .map(entry -> entry.partition(id.partition()))
        .orElse(PartitionEntry.NEW);
  }

  /** The topics, by name. */
  public Collection<TopicEntry> entries() {
    return topics.values();
  }

  /** With that entry in place of the one of its topic's name. */
  public Metadata with(TopicEntry entry) {
    Map<String, TopicEntry> changed = new TreeMap<>(topics);
    changed.put(entry.topic().name(), entry);
    return new Metadata(clusterId, changed);
  }

  /** Without that topic; as it is when there is no such topic. */
  public Metadata without(TopicId id) {
    if (find(id).isEmpty()) {
      return this;
    }
    Map<String, TopicEntry> changed = new TreeMap<>(topics);
    changed.remove(id.name());
    return new Metadata(clusterId, changed);
  }

  /** With one partition changed; as it is when there is no such topic. */
  public Metadata with(TopicPartition id, UnaryOperator<PartitionEntry> change) {
    Optional<TopicEntry> entry = find(id.topic());
    if (entry.isEmpty()) {
      return this;
    }
    Map<Integer, PartitionEntry> partitions = new TreeMap<>(entry.get().partitions());
    partitions.put(id.partition(), change.apply(entry.get().partition(id.partition())));
    return with(new TopicEntry(entry.get().topic(), entry.get().deletion(), partitions));
  }
}
