package io.thermocline.server;

import io.thermocline.cold.RecoverableTopic;
import io.thermocline.cold.RecoverableTopic.Fate;
import io.thermocline.cold.RecoverableWarehouse;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicNote.Mark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a recovery makes of a warehouse: a pure function of what was found there.
 *
 * @param warehouse as it was found
 * @param topics what comes back, by name
 */
public record RecoveryPlan(RecoverableWarehouse warehouse, List<Revived> topics) {
  /**
   * How many offsets are left out behind those that are tiered. Nobody knows how many of them were
   * given to records that are gone; no partition gives so many between two commits.
   */
  static final long LEFT_OUT = 1L << 40;

  public RecoveryPlan {
    topics = List.copyOf(topics);
  }

  /**
   * A topic that can't be brought back.
   *
   * @param topic its name; its id where that is all that is known
   * @param text why not
   */
  public record Problem(String topic, String text) {
    @Override
    public String toString() {
      return "topic '%s': %s".formatted(topic, text);
    }
  }

  /**
   * A topic with its partitions as they will be.
   *
   * @param topic as it comes back
   * @param found what the warehouse tells of it
   * @param done whether its table has the left out offsets already, from a run that was broken off
   */
  public record Revived(
      Topic topic, RecoverableTopic found, boolean done, List<RevivedPartition> partitions) {
    public Revived {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * A partition as it will be.
   *
   * @param number its number
   * @param logStart first readable offset
   * @param tieredTo one past the last offset that comes back
   * @param knownEnd one past the last record that is known to have been durable, if that is more
   * @param goesOnAt the offset that the next record gets
   * @param epoch the log epoch from now on
   * @param fence the fence as it was noted
   */
  public record RevivedPartition(
      int number,
      long logStart,
      long tieredTo,
      OptionalLong knownEnd,
      long goesOnAt,
      int epoch,
      long fence) {}

  /**
   * Plans.
   *
   * @param cluster the identity that the data directory gets
   */
  static RecoveryPlan of(RecoverableWarehouse warehouse, UUID cluster) {
    List<Revived> topics = new ArrayList<>();
    for (RecoverableTopic found : warehouse.topics()) {
      if (found.fate() == Fate.TOPIC && found.problem().isEmpty()) {
        topics.add(revived(found, cluster));
      }
    }
    return new RecoveryPlan(warehouse, topics);
  }

  private static Revived revived(RecoverableTopic found, UUID cluster) {
    boolean done =
        found.table().isPresent()
            ? found.table().get().lastCommit().equals(Optional.of(commitId(cluster, found.id())))
            : found.noter().equals(cluster);
    Topic noted = found.note().topic();
    int inTable =
        found.table().stream()
            .flatMap(table -> table.partitions().keySet().stream())
            .mapToInt(number -> number + 1)
            .max()
            .orElse(0);
    Topic topic = new Topic(noted.id(), Math.max(noted.partitionCount(), inTable), noted.created());
    List<RevivedPartition> partitions = new ArrayList<>();
    for (int number = 0; number < topic.partitionCount(); number++) {
      partitions.add(partition(found, number, done));
    }
    return new Revived(topic, found, done, partitions);
  }

  private static RevivedPartition partition(RecoverableTopic found, int number, boolean done) {
    Mark mark = found.note().mark(number);
    boolean hasTable = found.table().isPresent();
    ColdPartition cold =
        found
            .table()
            .map(table -> table.partition(number))
            .orElseGet(() -> ColdPartition.empty(number));
    long goesOnAt;
    long tieredTo;
    if (done) {
      goesOnAt = hasTable ? cold.tieredTo() : mark.end();
      tieredTo = Math.max(0, goesOnAt - LEFT_OUT);
    } else {
      tieredTo = cold.tieredTo();
      goesOnAt = tieredTo + LEFT_OUT;
      while (goesOnAt <= mark.end()) {
        goesOnAt += LEFT_OUT;
      }
    }
    long logStart = hasTable ? Math.max(cold.logStart(), mark.logStart()) : goesOnAt;
    return new RevivedPartition(
        number,
        Math.min(logStart, goesOnAt),
        tieredTo,
        mark.end() > tieredTo && mark.end() < goesOnAt
            ? OptionalLong.of(mark.end())
            : OptionalLong.empty(),
        goesOnAt,
        mark.epoch() + 1,
        mark.fence());
  }

  /** The same for every run of one recovery, so that a run that goes on finds its own commit. */
  static UUID commitId(UUID cluster, TopicId topic) {
    return UUID.nameUUIDFromBytes(
        ("recovery " + cluster + " " + topic.uuid()).getBytes(StandardCharsets.UTF_8));
  }

  /** The commit that tells a topic's table which offsets are left out. */
  static ColdCommit commit(UUID cluster, Revived topic) {
    return new ColdCommit(
        commitId(cluster, topic.topic().id()),
        topic.partitions().stream()
            .map(
                partition ->
                    new ColdCommit.Move(
                        partition.number(),
                        partition.tieredTo(),
                        partition.goesOnAt(),
                        partition.logStart(),
                        List.of(),
                        List.of()))
            .toList());
  }

  /** The topic as it stands from now on. */
  static TopicNote note(Revived topic) {
    Map<Integer, Mark> marks = new HashMap<>();
    topic
        .partitions()
        .forEach(
            part ->
                marks.put(
                    part.number(),
                    new Mark(part.logStart(), part.goesOnAt(), part.epoch(), part.fence())));
    return new TopicNote(topic.topic(), topic.found().note().settings(), marks);
  }

  /** Topics that can't be brought back. */
  public List<Problem> problems() {
    return problems(warehouse);
  }

  static List<Problem> problems(RecoverableWarehouse warehouse) {
    Stream<Problem> whole =
        warehouse.topics().stream()
            .filter(topic -> topic.problem().isPresent())
            .map(topic -> new Problem(topic.id().name(), topic.problem().get()));
    Stream<Problem> unreadable =
        warehouse.unreadable().stream()
            .map(record -> new Problem(record.topic().toString(), record.problem()));
    return Stream.concat(whole, unreadable).toList();
  }
}
