package io.thermocline.testkit;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** One topic's table in memory. Guarded by the tier's lock. */
final class MemoryTable {
  private final TopicId topic;
  private final Map<Integer, ColdPartition> partitions = new HashMap<>();
  private final Set<UUID> commits = new HashSet<>();

  MemoryTable(TopicId topic) {
    this.topic = topic;
  }

  TopicId topic() {
    return topic;
  }

  ColdTopic describe() {
    String table = TableNames.of(topic.name());
    return new ColdTopic(topic, "memory." + table, "memory:///" + table, partitions);
  }

  /** All of the commit or, when any move does not fit, nothing. */
  void apply(ColdCommit commit) {
    if (commits.contains(commit.id())) {
      return;
    }
    for (ColdCommit.Move move : commit.moves()) {
      ColdPartition now = partition(move.partition());
      long tieredTo = now.tieredTo();
      if (now.problem().isPresent()) {
        throw new ThermoclineException(
            ErrorKind.CONFLICT,
            "Partition %d of '%s' is degraded: %s"
                .formatted(move.partition(), topic, now.problem().get()));
      }
      if (tieredTo != move.from()) {
        throw new ThermoclineException(
            ErrorKind.CONFLICT,
            "Partition %d of '%s' is tiered to %d, the commit begins at %d"
                .formatted(move.partition(), topic, tieredTo, move.from()));
      }
    }
    commit.merges().forEach(this::requireTogether);
    commit.moves().forEach(move -> partitions.put(move.partition(), moved(move)));
    commit.merges().forEach(merge -> partitions.put(merge.partition(), merged(merge)));
    commits.add(commit.id());
  }

  private void requireTogether(ColdCommit.Merge merge) {
    ColdPartition now = partition(merge.partition());
    if (now.problem().isPresent()
        || Collections.indexOfSubList(now.files(), merge.replaced()) < 0) {
      throw new ThermoclineException(
          ErrorKind.CONFLICT,
          "Partition %d of '%s' is degraded, or has not all of %s one after the other"
              .formatted(merge.partition(), topic, merge.replaced()));
    }
  }

  private ColdPartition merged(ColdCommit.Merge merge) {
    ColdPartition now = partition(merge.partition());
    List<ColdFile> files = new ArrayList<>(now.files());
    int first = files.indexOf(merge.replaced().get(0));
    files.removeAll(merge.replaced());
    files.add(first, merge.merged());
    return new ColdPartition(
        merge.partition(), now.logStart(), now.tieredTo(), files, now.lost(), now.problem());
  }

  void degrade(int partition, String problem) {
    ColdPartition now = partition(partition);
    partitions.put(
        partition,
        new ColdPartition(
            partition,
            now.logStart(),
            now.tieredTo(),
            now.files(),
            now.lost(),
            Optional.of(problem)));
  }

  private ColdPartition moved(ColdCommit.Move move) {
    ColdPartition before = partition(move.partition());
    long logStart = Math.max(before.logStart(), move.logStart());
    List<ColdFile> files = new ArrayList<>(before.files());
    files.addAll(move.files());
    files.removeIf(file -> file.span().range().to() <= logStart);
    List<OffsetRange> lost = new ArrayList<>(before.lost());
    lost.addAll(move.lost());
    return new ColdPartition(move.partition(), logStart, move.to(), files, lost, before.problem());
  }

  private ColdPartition partition(int partition) {
    return partitions.getOrDefault(partition, ColdPartition.empty(partition));
  }
}
