package io.thermocline.cold.table;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.records.TopicRecord;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.cold.rest.RestCatalog;
import io.thermocline.cold.rest.RestSettings;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.cold.store.StorePace;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.store.WarehouseOwner;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.iceberg.catalog.Catalog;

/** The cold tier over Iceberg tables: hands each call to the part that does it. Thread-safe. */
public final class TableTier implements ColdTier {
  private final ObjectStore store;
  private final StorePace pace;
  private final LazyOwner owner;
  private final WarehouseCatalog catalog;
  private final TopicRecords records;
  private final RecordedTopics recorded;
  private final TopicTables tables;
  private final ColdMetrics metrics;
  private final TableCommitter committer;
  private final TableUpkeep upkeep;
  private final TablePurge purge;
  private final LayoutRepair repair;
  private final DataFileUpload uploads;
  private final ReadThreads threads;
  private final ColdReader reader;
  private final LocalCopies copies;
  private final FileAudit audit;

  private volatile boolean closed;

  /**
   * @param store closed by {@link #close}
   * @param opener connects to the catalog; called when it is first needed
   */
  TableTier(
      ColdSettings settings,
      ObjectStore store,
      Supplier<Catalog> opener,
      InstantSource clock,
      MeterRegistry registry) {
    this(
        settings,
        store,
        StorePace.of(settings.budget(), settings.store()),
        opener,
        clock,
        registry);
  }

  private TableTier(
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
            topic ->
                new TopicTable(topic, catalog, manifests, foreign, traces, clock, maxViewAge));
    this.recorded = new RecordedTopics(records, owner::claimedEpoch, settings.cluster(), clock);
    this.uploads =
        new DataFileUpload(
            paced,
            settings.directory().resolve("uploads"),
            settings.tables().orphanAge().dividedBy(2),
            clock,
            settings.budget());
    this.committer = new TableCommitter(owner, catalog, uploads::require);
    this.upkeep =
        new TableUpkeep(owner, paced, manifests, settings.tables(), clock, metrics);
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

  /** Opens a cold tier; see {@link io.thermocline.cold.IcebergColdTier#open}. */
  public static TableTier open(ColdSettings settings, InstantSource clock, MeterRegistry registry) {
    try {
      Files.createDirectories(settings.directory());
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Directory %s can't be used: %s".formatted(settings.directory(), e),
          e);
    }
    ObjectStore store =
        ObjectStores.open(settings.store(), settings.directory().getFileSystem(), registry, clock);
    try {
      StorePace pace = StorePace.of(settings.budget(), settings.store());
      CatalogFactory factory =
          new CatalogFactory(
              settings.catalog(),
              settings.directory(),
              store.location(""),
              new StoreFileIO(pace.changes(store)));
      TableTier tier = new TableTier(settings, store, pace, factory::open, clock, registry);
      tier.owner.claimAtStart();
      return tier;
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /**
   * The tables for other engines.
   *
   * @return to be closed by the caller, before this tier
   */
  public RestCatalog rest(StoreSettings stores, RestSettings settings) {
    return RestCatalog.open(catalog::shared, stores, settings);
  }

  private static WarehouseOwner claim(
      ColdSettings settings, ObjectStore store, InstantSource clock) {
    return settings.takeOver()
        ? WarehouseOwner.takeOver(store, settings.cluster(), clock)
        : WarehouseOwner.claim(store, settings.cluster(), clock);
  }

  @Override
  public Optional<ColdTopic> topic(TopicId topic) {
    return guarded("topic", topic, () -> tables.of(topic).view().map(TableView::topic));
  }

  @Override
  public Optional<ColdTopic> lastKnown(TopicId topic) {
    return tables.known(topic).flatMap(TopicTable::lastKnown).map(TableView::topic);
  }

  @Override
  public Optional<ColdTopic> fresh(TopicId topic) {
    return guarded(
        "fresh",
        topic,
        () -> tables.of(topic).exclusively(TopicTable.Access::look).map(TableView::topic));
  }

  @Override
  public Optional<ColdTopic> confirmed(TopicId topic) {
    return guarded(
        "confirmed",
        topic,
        () -> {
          owner.epoch();
          TopicTable table = tables.of(topic);
          Optional<TableView> view = table.exclusively(TopicTable.Access::look);
          recorded.point(table);
          return view.map(TableView::topic);
        });
  }

  @Override
  public boolean tableTaken(TopicId id) {
    // Asked for topics that there may never be: nothing is remembered of them.
    return guarded("tableTaken", id, () -> tables.unknown(id).isTaken());
  }

  @Override
  public ReadResult read(TopicPartition id, long from, int maxBytes) {
    return guarded(
        "read",
        id,
        () ->
            forReading(id)
                .map(partition -> reader.read(id.topic(), partition, from, maxBytes))
                .orElseGet(() -> new ReadResult.AtEnd(0)));
  }

  @Override
  public void giveBack(List<RecordBatch> batches) {
    reader.giveBack(batches);
  }

  @Override
  public Optional<OffsetAndTimestamp> offsetForTimestamp(
      TopicPartition id, OffsetRange range, long timestampMillis) {
    return guarded(
        "offsetForTimestamp",
        id,
        () ->
            forReading(id)
                .flatMap(
                    partition ->
                        reader.offsetForTimestamp(id.topic(), partition, range, timestampMillis)));
  }

  @Override
  public Optional<OffsetAndTimestamp> maxTimestamp(TopicPartition id, OffsetRange range) {
    return guarded(
        "maxTimestamp",
        id,
        () ->
            forReading(id).flatMap(partition -> reader.maxTimestamp(id.topic(), partition, range)));
  }

  @Override
  public Optional<ColdFile> write(
      TopicPartition id,
      OffsetRange range,
      Iterator<RecordBatch> batches,
      ColdWriteSettings settings) {
    return guarded(
        "write",
        id,
        () -> {
          String location = location(id.topic());
          Optional<UploadedFile> file = uploads.write(id, location, range, batches, settings);
          file.ifPresent(written -> metrics.written(written.span().bytes()));
          return file.map(ColdFile.class::cast);
        });
  }

  @Override
  public ColdFile merge(TopicPartition id, List<ColdFile> files, ColdWriteSettings settings) {
    return guarded(
        "merge",
        id,
        () -> {
          String location = location(id.topic());
          ColdFile merged = uploads.merge(id, location, TableFile.of(files), settings);
          metrics.written(merged.span().bytes());
          return merged;
        });
  }

  @Override
  public ColdTopic commit(TopicId topic, ColdCommit commit) {
    Timer.Sample sample = metrics.start();
    try {
      ColdTopic after = guarded("commit", topic, () -> commit(tables.of(topic), commit));
      metrics.committed(sample, "ok");
      return after;
    } catch (ThermoclineException e) {
      metrics.committed(sample, ColdMetrics.name(e.kind()));
      throw e;
    }
  }

  /** A commit is done when the warehouse's record leads to it: nothing is let go of before. */
  private ColdTopic commit(TopicTable table, ColdCommit commit) {
    ColdTopic after = committer.commit(table, commit);
    try {
      recorded.point(table);
    } catch (ThermoclineException e) {
      throw new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN,
          "Commit %s is in table %s, but the topic's record in the warehouse could not be written: %s; repeat the same commit"
              .formatted(commit.id(), after.table(), e.getMessage()),
          e);
    }
    return after;
  }

  @Override
  public void note(TopicNote note) {
    TopicId topic = note.topic().id();
    guarded(
        "note",
        topic,
        () -> {
          recorded.note(note, tables.of(topic));
          return topic;
        });
  }

  @Override
  public void notePolicies(String document) {
    guarded(
        "notePolicies",
        "the policies",
        () -> {
          records.writePolicies(owner.claimedEpoch(), document);
          return document;
        });
  }

  @Override
  public void retire(TopicId topic) {
    guarded(
        "retire",
        topic,
        () -> {
          TopicTable table = tables.of(topic);
          recorded.deleted(table, TopicRecord.Deletion.KEEP);
          upkeep.forget(topic);
          return tables.forget(table);
        });
  }

  @Override
  public void purge(TopicId topic) {
    TopicTable table = tables.of(topic);
    guarded(
        "purge",
        topic,
        () -> {
          recorded.deleted(table, TopicRecord.Deletion.PURGE);
          purge.purge(table);
          upkeep.forget(topic);
          recorded.forget(topic);
          return tables.forget(table);
        });
  }

  @Override
  public boolean maintain(TopicId topic) {
    return guarded(
        "maintain",
        topic,
        () -> {
          TopicTable table = tables.of(topic);
          boolean repaired = repair.run(table);
          boolean done = upkeep.maintain(table) || repaired;
          if (done) {
            recorded.point(table);
          }
          return done;
        });
  }

  @Override
  public LocalFile local(ColdFile file) {
    return guarded("local", file.location(), () -> copies.of(file));
  }

  @Override
  public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
    return guarded("audit", file.location(), () -> audit.audit(topic, file, pace));
  }

  @Override
  public void close() {
    closed = true;
    pace.close();
    reader.close();
    threads.close();
    try {
      catalog.close();
    } catch (IOException e) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Closing the catalog failed", e);
    } finally {
      store.close();
    }
  }

  private Optional<PartitionView> forReading(TopicPartition id) {
    return tables.of(id.topic()).viewForReading().map(view -> view.partition(id.partition()));
  }

  /** Where the topic's files lie, or will. */
  private String location(TopicId topic) {
    return tables
        .of(topic)
        .view()
        .map(view -> view.topic().location())
        .orElseGet(() -> catalog.location(topic));
  }

  /** Nothing is used of a warehouse that is not known to be ours, and every failure is named. */
  private <T> T guarded(String operation, Object subject, Supplier<T> work) {
    try {
      if (closed) {
        throw new ThermoclineException(ErrorKind.FAILED_PRECONDITION, "The cold tier is closed");
      }
      owner.requireClaimed();
      return work.get();
    } catch (RuntimeException e) {
      ThermoclineException named =
          e instanceof ThermoclineException ours
              ? ours
              : CatalogFailures.of("Can't do %s for %s".formatted(operation, subject), e);
      metrics.failed(operation, named.kind());
      throw named;
    }
  }
}
