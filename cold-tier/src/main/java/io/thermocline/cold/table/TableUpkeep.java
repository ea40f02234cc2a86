package io.thermocline.cold.table;

import io.thermocline.cold.store.ObjectInfo;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.TopicId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps tables small and the warehouse clean: expires snapshots, removes files that no metadata
 * names. All of it only as the owner, and nothing of a degraded table.
 *
 * <p>Ages are counted back from the earlier of our clock and the newest file's time in the store: a
 * clock that jumps ahead makes nothing old.
 */
final class TableUpkeep {
  private static final Logger LOG = LoggerFactory.getLogger(TableUpkeep.class);

  /** Files removed in one piece of upkeep. */
  private static final int MAX_REMOVED = 1_000;

  private final OwnerCheck owner;
  private final ObjectStore store;
  private final ManifestContents manifests;
  private final TableSettings settings;
  private final InstantSource clock;
  private final ColdMetrics metrics;

  /** When each table's files were last compared with its metadata. Guarded by itself. */
  private final Map<UUID, Instant> swept = new HashMap<>();

  TableUpkeep(
      OwnerCheck owner,
      ObjectStore store,
      ManifestContents manifests,
      TableSettings settings,
      InstantSource clock,
      ColdMetrics metrics) {
    this.owner = owner;
    this.store = store;
    this.manifests = manifests;
    this.settings = settings;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** One bounded piece; see {@link io.thermocline.model.ColdTier#maintain}. */
  boolean maintain(TopicTable table) {
    return table.exclusively(
        access -> {
          Optional<TableView> before = kept(access);
          // Both, as a busy table has a snapshot past its age each time.
          Optional<TableView> now = before.flatMap(view -> expireSnapshots(access, view));
          boolean swept = now.filter(view -> sweep(access, view)).isPresent();
          return swept || snapshots(now) < snapshots(before);
        });
  }

  /** The table as it is now; empty when nothing may be done to it. */
  private static Optional<TableView> kept(TopicTable.Access access) {
    return access.look().filter(view -> !isDegraded(view) && mayCollect(view));
  }

  private static int snapshots(Optional<TableView> view) {
    return view.map(seen -> seen.metadata().snapshots().size()).orElse(0);
  }

  private static boolean isDegraded(TableView view) {
    return view.topic().partitions().values().stream()
        .anyMatch(partition -> partition.problem().isPresent());
  }

  /**
   * Iceberg's own switch, for tables whose files others use too. And a catalog that does not say
   * which metadata file it is at leaves no way to tell that file from an orphan.
   */
  private static boolean mayCollect(TableView view) {
    return view.metadata().metadataFileLocation() != null
        && view.metadata()
            .propertyAsBoolean(TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT);
  }

  /**
   * Forgets snapshots past their age. Their files are left to the sweep. While another writer's
   * change is the last one, those before it are what explains it; our next commit notes what it
   * did.
   *
   * @return the table afterwards, with the metadata file that this made; empty when nothing more
   *     may be done to it
   */
  private Optional<TableView> expireSnapshots(TopicTable.Access access, TableView view) {
    if (!view.isAsWeLeftIt()) {
      return Optional.of(view);
    }
    TableMetadata metadata = view.metadata();
    Instant newest = Instant.ofEpochMilli(metadata.lastUpdatedMillis());
    Instant limit = earlier(clock.instant(), newest).minus(settings.snapshotAge());
    long oldestKept = currentAt(metadata, limit.toEpochMilli());
    boolean old = metadata.snapshots().stream().anyMatch(one -> one.timestampMillis() < oldestKept);
    if (!old || metadata.snapshots().size() <= settings.snapshotsKept()) {
      return Optional.of(view);
    }
    Transaction transaction =
        Transactions.newTransaction(
            view.topic().table(), new PinnedOperations(access.operations()));
    ExpireSnapshots expiry =
        transaction
            .expireSnapshots()
            .cleanupLevel(ExpireSnapshots.CleanupLevel.NONE)
            .expireOlderThan(oldestKept)
            .retainLast(settings.snapshotsKept());
    // All that is old may be kept by somebody's tags and branches.
    if (expiry.apply().isEmpty()) {
      return Optional.of(view);
    }
    owner.epoch();
    expiry.commit();
    try {
      transaction.commitTransaction();
    } catch (OutcomeUnknownException e) {
      // Either way the table is whole; the look below tells which.
      LOG.warn("expiry not confirmed topic={} error={}", access.table().topic(), e.toString());
    }
    Optional<TableView> now = kept(access);
    LOG.info(
        "snapshots expired topic={} before={} after={}",
        access.table().topic(),
        metadata.snapshots().size(),
        snapshots(now));
    return now;
  }

  /** When the snapshot was made that was current at {@code millis}: its age begins after that. */
  private static long currentAt(TableMetadata metadata, long millis) {
    return metadata.snapshots().stream()
        .mapToLong(Snapshot::timestampMillis)
        .filter(made -> made < millis)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  /** Removes old files below the table's location that no version of its metadata names. */
  private boolean sweep(TopicTable.Access access, TableView view) {
    UUID topic = access.table().topic().uuid();
    if (!isSweepDue(topic)) {
      return false;
    }
    Listing listing = list(view, access.operations().io());
    Instant limit = earlier(clock.instant(), listing.newest()).minus(settings.orphanAge());
    List<String> orphans = listing.unnamedBefore(limit);
    if (!orphans.isEmpty()) {
      owner.epoch();
      store.deleteAll(orphans);
      metrics.removed(orphans.size());
      LOG.info("orphans removed topic={} files={}", access.table().topic(), orphans.size());
    }
    if (orphans.size() < MAX_REMOVED) {
      dropUploads(view, limit);
      synchronized (swept) {
        swept.put(topic, clock.instant());
      }
    }
    return !orphans.isEmpty();
  }

  /** An upload that began so long ago is never completed: what it was for was written again. */
  private void dropUploads(TableView view, Instant limit) {
    owner.epoch();
    int dropped = store.abortUploads(store.requireKeyOf(view.topic().location()) + "/", limit);
    if (dropped > 0) {
      LOG.info("broken uploads dropped topic={} uploads={}", view.progress().topic(), dropped);
    }
  }

  private boolean isSweepDue(UUID topic) {
    synchronized (swept) {
      Instant last = swept.get(topic);
      Instant now = clock.instant();
      return last == null || last.isAfter(now) || !last.plus(settings.sweepInterval()).isAfter(now);
    }
  }

  /**
   * What lies in a table's folders.
   *
   * @param unnamed by any version of its metadata
   * @param newest when the newest of all of it was written, by the store's clock
   */
  private record Listing(List<ObjectInfo> unnamed, Instant newest) {
    List<String> unnamedBefore(Instant limit) {
      return unnamed.stream()
          .filter(object -> object.modified().isBefore(limit))
          .limit(MAX_REMOVED)
          .map(ObjectInfo::key)
          .toList();
    }
  }

  private Listing list(TableView view, FileIO io) {
    String root = store.requireKeyOf(view.topic().location());
    Set<String> named = new NamedFiles(view.metadata(), io, manifests).keys(store);
    List<ObjectInfo> unnamed = new ArrayList<>();
    Instant[] newest = {Instant.EPOCH};
    for (String folder : TableLayout.FOLDERS) {
      store.list(
          root + folder,
          object -> {
            newest[0] = later(newest[0], object.modified());
            if (!named.contains(object.key())) {
              unnamed.add(object);
            }
            return unnamed.size() < 10 * MAX_REMOVED;
          });
    }
    return new Listing(unnamed, newest[0]);
  }

  /** The topic is no more, or its table is no more kept. */
  void forget(TopicId topic) {
    synchronized (swept) {
      swept.remove(topic.uuid());
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
