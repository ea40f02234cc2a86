package io.thermocline.cold.table;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Tiering progress of a topic, kept in its table's properties and nowhere else. It changes only in
 * the commit that adds the rows it speaks of.
 *
 * <pre>
 * thermocline.format       1
 * thermocline.topic        the topic's name
 * thermocline.topic-id     the topic's UUID
 * thermocline.owner-epoch  epoch of the warehouse's owner at the last commit
 * thermocline.commit       id of our last commit; absent before the first
 * thermocline.p.&lt;n&gt;        progress of partition n, see {@link PartitionProgress}
 * thermocline.check        CRC32C over all of the above, 8 hex digits
 * </pre>
 *
 * <p>The checksum is what tells a property that someone removed from a partition that was never
 * tiered: the one is damage, the other is zero.
 */
record TableProgress(
    TopicId topic,
    long ownerEpoch,
    Optional<UUID> lastCommit,
    SortedMap<Integer, PartitionProgress> partitions) {

  private static final String PREFIX = "thermocline.";
  private static final String PARTITION = PREFIX + "p.";
  private static final String FORMAT = PREFIX + "format";
  private static final String TOPIC = PREFIX + "topic";
  private static final String TOPIC_ID = PREFIX + "topic-id";
  private static final String OWNER_EPOCH = PREFIX + "owner-epoch";
  private static final String COMMIT = PREFIX + "commit";
  private static final String CHECK = PREFIX + "check";
  private static final String CURRENT_FORMAT = "1";

  /** The progress of a table that was just made. */
  static TableProgress none(TopicId topic, long ownerEpoch) {
    return new TableProgress(topic, ownerEpoch, Optional.empty(), new TreeMap<>());
  }

  PartitionProgress partition(int partition) {
    return partitions.getOrDefault(partition, PartitionProgress.NONE);
  }

  /** The progress once {@code commit} is made by the owner of {@code epoch}. */
  TableProgress after(ColdCommit commit, long epoch) {
    SortedMap<Integer, PartitionProgress> moved = new TreeMap<>(partitions);
    for (ColdCommit.Move move : commit.moves()) {
      moved.put(move.partition(), partition(move.partition()).after(move));
    }
    for (ColdCommit.Merge merge : commit.merges()) {
      moved.computeIfPresent(merge.partition(), (number, before) -> before.after(merge));
    }
    return new TableProgress(topic, epoch, Optional.of(commit.id()), moved);
  }

  /** The same with what was found out about other writers' changes. */
  TableProgress with(Map<Integer, PartitionProgress> explained) {
    SortedMap<Integer, PartitionProgress> all = new TreeMap<>(partitions);
    all.putAll(explained);
    return new TableProgress(topic, ownerEpoch, lastCommit, all);
  }

  /** The same, once a commit that moves nothing was made by the owner of {@code epoch}. */
  TableProgress committed(UUID commit, long epoch) {
    return new TableProgress(topic, epoch, Optional.of(commit), partitions);
  }

  /** As table properties. */
  Map<String, String> toProperties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put(FORMAT, CURRENT_FORMAT);
    properties.put(TOPIC, topic.name());
    properties.put(TOPIC_ID, topic.uuid().toString());
    properties.put(OWNER_EPOCH, Long.toString(ownerEpoch));
    lastCommit.ifPresent(id -> properties.put(COMMIT, id.toString()));
    partitions.forEach((number, progress) -> properties.put(PARTITION + number, progress.format()));
    properties.put(CHECK, check(properties));
    return properties;
  }

  /** The UUID of the topic a table belongs to; empty when it is none of ours. */
  static Optional<String> topicIdIn(Map<String, String> properties) {
    return Optional.ofNullable(properties.get(TOPIC_ID));
  }

  /** Whether a table belongs to the topic, and not just bears its name. */
  static boolean isOf(TopicId topic, Map<String, String> properties) {
    return topicIdIn(properties).filter(topic.uuid().toString()::equals).isPresent();
  }

  /**
   * Reads a table's properties.
   *
   * @param table its name, for messages
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when they are missing, damaged, of a
   *     newer format, or another topic's
   */
  static TableProgress of(TopicId topic, String table, Map<String, String> properties) {
    Map<String, String> ours = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            ours.put(key, value);
          }
        });
    requireTopic(topic, table, ours);
    if (!CURRENT_FORMAT.equals(ours.get(FORMAT))) {
      throw damaged(
          table,
          "its format is '%s', this version knows '%s'".formatted(ours.get(FORMAT), CURRENT_FORMAT),
          null);
    }
    String expected = check(ours);
    if (!expected.equals(ours.get(CHECK))) {
      throw damaged(
          table,
          "thermocline.check is '%s' where the other thermocline.* properties make '%s': one of"
                  .formatted(ours.get(CHECK), expected)
              + " them was changed or removed",
          null);
    }
    try {
      return parse(topic, ours);
    } catch (IllegalArgumentException e) {
      throw damaged(table, e.getMessage(), e);
    }
  }

  private static void requireTopic(TopicId topic, String table, Map<String, String> ours) {
    String id = ours.get(TOPIC_ID);
    if (id == null) {
      throw damaged(table, "thermocline.topic-id is missing", null);
    }
    if (!id.equals(topic.uuid().toString())) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "Table %s belongs to topic '%s' with id %s, not to topic '%s' with id %s; it is left alone"
              .formatted(table, ours.get(TOPIC), id, topic.name(), topic.uuid()));
    }
  }

  private static TableProgress parse(TopicId topic, Map<String, String> ours) {
    SortedMap<Integer, PartitionProgress> partitions = new TreeMap<>();
    for (Map.Entry<String, String> property : ours.entrySet()) {
      if (property.getKey().startsWith(PARTITION)) {
        int number = Integer.parseInt(property.getKey().substring(PARTITION.length()));
        partitions.put(number, PartitionProgress.parse(property.getValue()));
      }
    }
    return new TableProgress(
        topic,
        Long.parseLong(ours.getOrDefault(OWNER_EPOCH, "")),
        Optional.ofNullable(ours.get(COMMIT)).map(UUID::fromString),
        partitions);
  }

  private static String check(Map<String, String> properties) {
    Map<String, String> sorted = new TreeMap<>(new HashMap<>(properties));
    sorted.remove(CHECK);
    CRC32C crc = new CRC32C();
    sorted.forEach(
        (key, value) -> crc.update((key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8)));
    return "%08x".formatted(crc.getValue());
  }

  private static ThermoclineException damaged(String table, String what, Throwable cause) {
    return new ThermoclineException(
        ErrorKind.CORRUPT,
        "The progress in the properties of table %s is damaged: %s".formatted(table, what),
        cause);
  }
}
