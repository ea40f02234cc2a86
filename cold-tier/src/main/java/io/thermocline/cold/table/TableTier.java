package io.thermocline.cold.table;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.rest.RestCatalog;
import io.thermocline.cold.rest.RestSettings;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.cold.store.StorePace;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.OwnerOnly;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.iceberg.catalog.Catalog;

/** The cold tier over Iceberg tables: hands each call to the part that does it. Thread-safe. */
public final class TableTier implements ColdTier {
  private final TableParts parts;
  private final LazyOwner owner;
  private final TopicTables tables;
  private final TopicChanges changes;
  private final DataFileUpload uploads;
  private final ColdReader reader;
  private final ColdMetrics metrics;

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
        new TableParts(
            settings,
            store,
            StorePace.of(settings.budget(), settings.store()),
            opener,
            clock,
            registry));
  }

  private TableTier(TableParts parts) {
    this.parts = parts;
    this.owner = parts.owner;
    this.tables = parts.tables;
    this.changes = new TopicChanges(parts);
    this.uploads = parts.uploads;
    this.reader = parts.reader;
    this.metrics = parts.metrics;
  }

  /** Opens a cold tier; see {@link io.thermocline.cold.IcebergColdTier#open}. */
  public static TableTier open(ColdSettings settings, InstantSource clock, MeterRegistry registry) {
    try {
      OwnerOnly.createDirectories(settings.directory());
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
      TableTier tier =
          new TableTier(new TableParts(settings, store, pace, factory::open, clock, registry));
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
    return RestCatalog.open(parts.catalog::shared, stores, settings);
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
    return guarded("confirmed", topic, () -> changes.confirmed(topic).map(TableView::topic));
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
      ColdTopic after = guarded("commit", topic, () -> changes.commit(topic, commit));
      metrics.committed(sample, "ok");
      return after;
    } catch (ThermoclineException e) {
      metrics.committed(sample, ColdMetrics.name(e.kind()));
      throw e;
    }
  }

  @Override
  public void note(TopicNote note) {
    TopicId topic = note.topic().id();
    run("note", topic, () -> changes.note(note));
  }

  @Override
  public void notePolicies(String document) {
    run("notePolicies", "the policies", () -> changes.notePolicies(document));
  }

  @Override
  public void retire(TopicId topic) {
    run("retire", topic, () -> changes.retire(topic));
  }

  @Override
  public void purge(TopicId topic) {
    run("purge", topic, () -> changes.purge(topic));
  }

  @Override
  public boolean maintain(TopicId topic) {
    return guarded("maintain", topic, () -> changes.maintain(topic));
  }

  @Override
  public LocalFile local(ColdFile file) {
    return guarded("local", file.location(), () -> parts.copies.of(file));
  }

  @Override
  public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
    return guarded("audit", file.location(), () -> parts.audit.audit(topic, file, pace));
  }

  @Override
  public void close() {
    closed = true;
    parts.close();
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
        .orElseGet(() -> parts.catalog.location(topic));
  }

  private void run(String operation, Object subject, Runnable work) {
    boolean unused =
        guarded(
            operation,
            subject,
            () -> {
              work.run();
              return true;
            });
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
