package io.thermocline.cold.table;

import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.model.TopicId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes tables with all their files, only as the owner: first what the metadata names, then the
 * table in the catalog, then whatever else lies in the folder that has the topic's id in its name.
 * Broken off at any point, it is continued by the next attempt.
 */
final class TablePurge {
  private static final Logger LOG = LoggerFactory.getLogger(TablePurge.class);

  /** Files that are listed, and then deleted, at once. */
  private static final int GROUP = 1_000;

  private final OwnerCheck owner;
  private final ObjectStore store;
  private final WarehouseCatalog catalog;
  private final FileIO io;
  private final WarehouseTraces traces;
  private final ManifestContents manifests;
  private final ColdMetrics metrics;

  TablePurge(
      OwnerCheck owner,
      ObjectStore store,
      WarehouseCatalog catalog,
      WarehouseTraces traces,
      ManifestContents manifests,
      ColdMetrics metrics) {
    this.owner = owner;
    this.store = store;
    this.catalog = catalog;
    this.io = new StoreFileIO(store);
    this.traces = traces;
    this.manifests = manifests;
    this.metrics = metrics;
  }

  /** Deletes the table and all its files; see {@link io.thermocline.model.ColdTier#purge}. */
  void purge(TopicTable table) {
    TopicId topic = table.topic();
    long files =
        table.exclusively(
            access -> {
              Optional<TableMetadata> inCatalog = access.metadataOfOurs();
              Optional<TableMetadata> found = inCatalog.or(() -> leftOf(topic));
              long named =
                  found.map(metadata -> delete(topic, metadata, inCatalog.isPresent())).orElse(0L);
              long rest = deleteRest(topic);
              access.purged();
              return named + rest;
            });
    if (files > 0) {
      metrics.removed(files);
      LOG.info("table purged topic={} files={}", topic, files);
    }
  }

  /** A table that the catalog has lost, or that an earlier purge had just taken out of it. */
  private Optional<TableMetadata> leftOf(TopicId topic) {
    String location = catalog.location(topic);
    try {
      return traces
          .newestMetadata(location)
          .map(file -> TableMetadataParser.read(io, file))
          .filter(metadata -> metadata.location().equals(location));
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't read what is left of " + catalog.tableName(topic), e);
    }
  }

  private long delete(TopicId topic, TableMetadata metadata, boolean inCatalog) {
    long files = 1;
    NamedFiles named = new NamedFiles(metadata, io, manifests);
    for (List<String> group : named.inDeletionOrder()) {
      owner.epoch();
      delete(metadata, group);
      files += group.size();
    }
    owner.epoch();
    if (inCatalog) {
      catalog.drop(topic);
    }
    delete(metadata, Stream.ofNullable(metadata.metadataFileLocation()).toList());
    return files;
  }

  /** What lies elsewhere was added by another writer, and is not ours to delete. */
  private void delete(TableMetadata metadata, List<String> locations) {
    String root = store.requireKeyOf(metadata.location()) + "/";
    store.deleteAll(
        locations.stream()
            .map(store::keyOf)
            .flatMap(Optional::stream)
            .filter(key -> key.startsWith(root))
            .distinct()
            .toList());
  }

  /**
   * Files that were merged away, expired or never committed, and not swept yet; nothing names them.
   * Where the table was made, not where its metadata says that it is: another writer may have set
   * that to a folder with more in it.
   */
  private long deleteRest(TopicId topic) {
    String root = store.requireKeyOf(catalog.location(topic));
    owner.epoch();
    int dropped = store.abortUploads(root + "/", Instant.MAX);
    if (dropped > 0) {
      LOG.info("broken uploads dropped topic={} uploads={}", topic, dropped);
    }
    long files = 0;
    for (String folder : TableLayout.FOLDERS) {
      List<String> group;
      do {
        group = some(root + folder);
        if (!group.isEmpty()) {
          owner.epoch();
          store.deleteAll(group);
          files += group.size();
        }
      } while (group.size() == GROUP);
    }
    return files;
  }

  private List<String> some(String folder) {
    List<String> keys = new ArrayList<>();
    store.list(
        folder,
        object -> {
          keys.add(object.key());
          return keys.size() < GROUP;
        });
    return keys;
  }
}
