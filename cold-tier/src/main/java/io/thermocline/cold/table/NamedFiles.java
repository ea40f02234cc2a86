package io.thermocline.cold.table;

import io.thermocline.cold.store.ObjectStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;

/** Every file that a table's metadata names, in any of its snapshots. */
final class NamedFiles {
  private final TableMetadata metadata;
  private final FileIO io;
  private final ManifestContents manifests;

  NamedFiles(TableMetadata metadata, FileIO io, ManifestContents manifests) {
    this.metadata = metadata;
    this.io = io;
    this.manifests = manifests;
  }

  /**
   * The keys of all of them that lie in {@code store}: what is there is to be held against these,
   * for each engine has its own way to write a location.
   */
  Set<String> keys(ObjectStore store) {
    return all().stream()
        .map(store::keyOf)
        .flatMap(Optional::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** All of them, by location, as whoever wrote them named them. */
  Set<String> all() {
    Set<String> named = new HashSet<>(beside());
    named.add(metadata.metadataFileLocation());
    Set<String> seen = new HashSet<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      named.add(snapshot.manifestListLocation());
      for (ManifestFile manifest : snapshot.allManifests(io)) {
        if (seen.add(manifest.path())) {
          named.add(manifest.path());
          manifests.of(manifest, metadata, io).forEach(entry -> named.add(entry.location()));
        }
      }
    }
    return named;
  }

  /**
   * All but the current metadata file, in an order in which they can be deleted: what names others
   * comes after them, so that a deletion that was broken off is continued by asking again.
   */
  Iterable<List<String>> inDeletionOrder() {
    Map<String, ManifestFile> found = new LinkedHashMap<>();
    List<String> lists = new ArrayList<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      lists.add(snapshot.manifestListLocation());
      try {
        snapshot.allManifests(io).forEach(manifest -> found.put(manifest.path(), manifest));
      } catch (NotFoundException e) {
        // Deleted by an earlier attempt, after all that it named.
      }
    }
    List<List<String>> groups = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    for (ManifestFile manifest : found.values()) {
      paths.add(manifest.path());
      try {
        groups.add(
            manifests.of(manifest, metadata, io).stream()
                .map(ManifestContents.Entry::location)
                .toList());
      } catch (NotFoundException e) {
        // Likewise.
      }
    }
    groups.add(paths);
    groups.add(lists);
    groups.add(beside());
    return groups;
  }

  /** Files of older versions, and statistics. */
  private List<String> beside() {
    List<String> files = new ArrayList<>();
    metadata.previousFiles().forEach(entry -> files.add(entry.file()));
    metadata.statisticsFiles().stream().map(StatisticsFile::path).forEach(files::add);
    metadata.partitionStatisticsFiles().stream()
        .map(PartitionStatisticsFile::path)
        .forEach(files::add);
    return files;
  }
}
