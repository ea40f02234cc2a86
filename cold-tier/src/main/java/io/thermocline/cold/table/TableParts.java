package io.thermocline.cold.table;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.cold.store.StorePace;
import io.thermocline.cold.store.WarehouseOwner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.apache.iceberg.catalog.Catalog;

/** What a {@link TableTier} consists of, put together. */
final class TableParts implements AutoCloseable {
  private final ObjectStore store;
  private final StorePace pace;
  private final ReadThreads threads;
  final LazyOwner owner;
  final WarehouseCatalog catalog;
  final TopicRecords records;
  final RecordedTopics recorded;
  final TopicTables tables;
  final ColdMetrics metrics;
  final TableCommitter committer;
  final TableUpkeep upkeep;
  final TablePurge purge;
  final LayoutRepair repair;
  final DataFileUpload uploads;
  final ColdReader reader;
  final LocalCopies copies;
  final FileAudit audit;

  /**
   * @param store closed by {@link #close}
   * @param opener connects to the catalog; called when it is first needed
   */
  TableParts(
      ColdSettings settings,
      ObjectStore store,
      StorePace pace,
      Supplier<Catalog> opener,
      InstantSource clock,
      MeterRegistry registry) {
    this.store = store;
    this.pace = pace;
    ObjectStore paced = pace.all(store);
    this.metrics = new ColdMetrics(registry);
    this.owner = new LazyOwner(() -> claim(settings, store, clock), clock);
    this.catalog = new WarehouseCatalog(opener, settings.namespace(), store.location(""));
    ManifestContents manifests = new ManifestContents();
    ForeignFiles foreign = new ForeignFiles(new StoreFileIO(store));
    this.records = new TopicRecords(pace.changes(store));
    WarehouseTraces traces = new WarehouseTraces(store, records);
    Duration maxViewAge = settings.tables().maxViewAge();
    this.tables =
        new TopicTables(
            topic -> new TopicTable(topic, catalog, manifests, foreign, traces, clock, maxViewAge));
    this.recorded = new RecordedTopics(records, owner::claimedEpoch, settings.cluster(), clock);
    this.uploads =
        new DataFileUpload(
            paced,
            settings.directory().resolve("uploads"),
            settings.tables().orphanAge().dividedBy(2),
            clock,
            settings.budget());
    this.committer = new TableCommitter(owner, catalog, uploads::require);
    this.upkeep = new TableUpkeep(owner, paced, manifests, settings.tables(), clock, metrics);
    this.purge = new TablePurge(owner, paced, catalog, traces, manifests, metrics);
    this.repair = new LayoutRepair(committer, uploads, foreign, metrics);
    this.threads = new ReadThreads(Math.max(1, settings.store().concurrentReads() * 3 / 4));
    this.copies =
        new LocalCopies(
            store,
            settings.directory().resolve("copies"),
            settings.caches().localBytes(),
            foreign,
            metrics);
    this.reader = Reading.open(settings, store, copies, threads, metrics, clock, registry);
    this.audit = new FileAudit(store, copies);
  }

  private static WarehouseOwner claim(
      ColdSettings settings, ObjectStore store, InstantSource clock) {
    return settings.takeOver()
        ? WarehouseOwner.takeOver(store, settings.cluster(), clock)
        : WarehouseOwner.claim(store, settings.cluster(), clock);
  }

  @Override
  public void close() {
    pace.close();
    reader.close();
    threads.close();
    try {
      catalog.close();
    } finally {
      store.close();
    }
  }
}
