package io.thermocline.tiering;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.tiering.Tiering.PartitionRun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What one or more passes over a topic did. One thread. */
final class PassReport {
  private final Topic topic;
  private final Map<Integer, PartitionRun> runs = new TreeMap<>();
  private final Map<Integer, String> problems = new HashMap<>();
  private boolean committed;
  private boolean standing;
  private boolean storeAway;

  PassReport(Topic topic) {
    this.topic = topic;
  }

  /** A pass begins: what stood in the way before may not do so any more. */
  void begin() {
    committed = false;
    standing = false;
    storeAway = false;
    problems.clear();
  }

  void problem(TopicPartition id, String problem) {
    problems.putIfAbsent(id.partition(), problem);
  }

  /** The tiers do not agree on the partition, so nothing is done to it. */
  void standsStill(TopicPartition id, String problem) {
    standing = true;
    problem(id, problem);
  }

  /** Whether nothing could be uploaded for want of the store, when it was last tried. */
  void storeAway(boolean away) {
    storeAway = away;
  }

  boolean isStoreAway() {
    return storeAway;
  }

  void problemOfAll(String problem) {
    topic.partitions().forEach(id -> problem(id, problem));
  }

  void committed(PendingCommit done) {
    committed = true;
    done.commit().moves().forEach(this::moved);
  }

  private void moved(ColdCommit.Move move) {
    PartitionRun before = run(move.partition());
    long from = before.tiered().isEmpty() ? move.from() : before.tiered().from();
    runs.put(
        move.partition(),
        new PartitionRun(
            before.id(),
            new OffsetRange(from, move.to()),
            before.records() + move.files().stream().mapToLong(ColdFile::rows).sum(),
            before.files() + move.files().size(),
            before.coldBytes() + move.files().stream().mapToLong(file -> file.span().bytes()).sum(),
            before.hotStart(),
            before.logStart(),
            Optional.empty()));
  }

  /** How the partition stands afterwards. */
  void stands(TopicPartition id, PartitionState state) {
    PartitionRun before = run(id.partition());
    runs.put(
        id.partition(),
        new PartitionRun(
            id,
            before.tiered(),
            before.records(),
            before.files(),
            before.coldBytes(),
            state.hotStart(),
            state.logStart(),
            Optional.empty()));
  }

  /** Whether the last pass brought anything into the table. */
  boolean hasCommitted() {
    return committed;
  }

  /**
   * Whether upkeep may follow the last pass, also one that committed: where each does, no other
   * comes. Not while the tiers do not agree on a partition: what the table does not name may be
   * just what it lacks. A degraded one the upkeep itself leaves be.
   */
  boolean mayMaintain() {
    return !standing;
  }

  Map<Integer, String> problems() {
    return problems;
  }

  List<PartitionRun> partitions() {
    return topic
        .partitions()
        .map(id -> run(id.partition()))
        .map(
            run ->
                new PartitionRun(
                    run.id(),
                    run.tiered(),
                    run.records(),
                    run.files(),
                    run.coldBytes(),
                    run.hotStart(),
                    run.logStart(),
                    Optional.ofNullable(problems.get(run.id().partition()))))
        .toList();
  }

  private PartitionRun run(int partition) {
    return runs.getOrDefault(
        partition,
        new PartitionRun(
            topic.id().partition(partition),
            new OffsetRange(0, 0),
            0,
            0,
            0,
            0,
            0,
            Optional.empty()));
  }
}
