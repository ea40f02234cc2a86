package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.table.ManifestContents.Entry;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/**
 * A topic's table as one version of its metadata has it: everything is derived from the manifests
 * and the progress, nothing is assumed of who wrote them. Immutable.
 */
final class TableView {
  private final TableMetadata metadata;
  private final TableProgress progress;
  private final Map<Integer, PartitionView> partitions;
  private final ColdTopic topic;
  private final boolean asWeLeftIt;

  private TableView(
      String name,
      TableMetadata metadata,
      TableProgress progress,
      Map<Integer, PartitionView> partitions,
      boolean asWeLeftIt) {
    this.asWeLeftIt = asWeLeftIt;
    this.metadata = metadata;
    this.progress = progress;
    this.partitions = partitions;
    Map<Integer, ColdPartition> model = new HashMap<>();
    partitions.forEach((number, view) -> model.put(number, view.toModel()));
    this.topic = new ColdTopic(progress.topic(), name, metadata.location(), model);
  }

  /**
   * Derives the view.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when the table is another topic's or its
   *     progress is damaged
   */
  static TableView of(
      TopicId topic,
      String name,
      TableMetadata metadata,
      FileIO io,
      ManifestContents manifests,
      ForeignFiles foreign) {
    TableProgress progress = TableProgress.of(topic, name, metadata.properties());
    requireSnapshot(name, metadata, progress);
    Map<Integer, List<Entry>> byPartition = new TreeMap<>();
    List<Entry> everywhere = new ArrayList<>();
    for (Entry entry : entries(metadata, metadata.currentSnapshot(), io, manifests)) {
      entry
          .partition()
          .map(number -> byPartition.computeIfAbsent(number, n -> new ArrayList<>()))
          .orElse(everywhere)
          .add(entry);
    }
    ForeignHistory history =
        ForeignHistory.of(
            metadata,
            progress.lastCommit(),
            snapshot -> entries(metadata, snapshot, io, manifests),
            foreign);
    Optional<String> tableProblem = history.problem().or(() -> tableProblem(metadata, everywhere));
    TreeSet<Integer> numbers = new TreeSet<>(progress.partitions().keySet());
    numbers.addAll(byPartition.keySet());
    Map<Integer, PartitionView> partitions = new HashMap<>();
    Map<Integer, PartitionProgress> explained = new HashMap<>();
    for (int number : numbers) {
      PartitionProgress before = progress.partition(number);
      PartitionView view =
          new PartitionJudge(topic.partition(number), before, foreign, tableProblem)
              .judge(byPartition.getOrDefault(number, List.of()), history);
      partitions.put(number, view);
      if (!view.progress().equals(before)) {
        explained.put(number, view.progress());
      }
    }
    return new TableView(
        name, metadata, progress.with(explained), Map.copyOf(partitions), history.isOurs());
  }

  private static void requireSnapshot(String name, TableMetadata metadata, TableProgress progress) {
    if (progress.lastCommit().isPresent() && metadata.snapshots().isEmpty()) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "Table %s has no snapshot, but its progress says that commit %s was made"
              .formatted(name, progress.lastCommit().get()));
    }
  }

  private static List<Entry> entries(
      TableMetadata metadata, Snapshot snapshot, FileIO io, ManifestContents manifests) {
    List<Entry> entries = new ArrayList<>();
    if (snapshot != null) {
      for (ManifestFile manifest : snapshot.allManifests(io)) {
        entries.addAll(manifests.of(manifest, metadata, io));
      }
    }
    return entries;
  }

  private static Optional<String> tableProblem(TableMetadata metadata, List<Entry> everywhere) {
    if (!TableLayout.isOurs(metadata.spec(), metadata.schema())) {
      return Optional.of("another writer changed the table's partition spec to " + metadata.spec());
    }
    return everywhere.stream()
        .findFirst()
        .map(entry -> "another writer added %s without a partition".formatted(entry.location()));
  }

  TableMetadata metadata() {
    return metadata;
  }

  /** Whether it was derived from this version of the metadata. */
  boolean isOf(TableMetadata other) {
    return Objects.equals(metadata.metadataFileLocation(), other.metadataFileLocation());
  }

  /** Whether the current snapshot is that of our last commit. */
  boolean isAsWeLeftIt() {
    return asWeLeftIt;
  }

  /** The progress, with what other writers' changes since our last commit explain. */
  TableProgress progress() {
    return progress;
  }

  /** The progress once {@code commit} is made by the owner of {@code epoch}. */
  TableProgress after(ColdCommit commit, long epoch) {
    TableProgress after = progress.after(commit, epoch);
    Map<Integer, PartitionProgress> explained = new HashMap<>();
    commit.moves().stream()
        .map(move -> partition(move.partition()))
        .filter(partition -> !partition.sources().isEmpty())
        .forEach(
            partition ->
                explained.put(
                    partition.partition(),
                    partition.explain(after.partition(partition.partition()), commit)));
    return after.with(explained);
  }

  PartitionView partition(int number) {
    return partitions.getOrDefault(number, PartitionView.empty(number));
  }

  /**
   * A partition that may be committed to.
   *
   * @throws ThermoclineException {@link ErrorKind#CONFLICT} when it is degraded
   */
  PartitionView requireWell(int number) {
    PartitionView partition = partition(number);
    if (partition.problem().isPresent()) {
      throw new ThermoclineException(
              ErrorKind.CONFLICT,
              "Partition %d of table %s is degraded, nothing is committed to it: %s"
                  .formatted(number, topic.table(), partition.problem().get()))
          .with(Map.of("partition", Integer.toString(number)));
    }
    return partition;
  }

  ColdTopic topic() {
    return topic;
  }
}
