package io.thermocline.cold.table;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.ColdAuditReport;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ScratchDirectory;
import io.thermocline.model.SecondReader;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at tables as no tier does that is in use: every file that the current snapshot names must
 * exist with its size, and hold just the records it was written with. Changes nothing: the embedded
 * catalog is read from a copy. Used once.
 */
public final class TableAudit {
  private final ObjectStore store;
  private final ForeignFiles foreign;
  private final WarehouseCatalog catalog;
  private final InstantSource clock;
  private final AuditFinding.Sink sink;
  private final FileAudit files;
  private final LocalCopies copies;
  private final Optional<SecondReader> second;
  private final Map<TopicId, ColdTopic> tables = new HashMap<>();
  private long fileCount;
  private long records;
  private long bytes;

  private TableAudit(
      ColdSettings settings,
      ObjectStore store,
      Path catalogDirectory,
      InstantSource clock,
      Optional<SecondReader> second,
      MeterRegistry meters,
      AuditFinding.Sink sink) {
    this.store = store;
    this.second = second;
    this.foreign = new ForeignFiles(new StoreFileIO(store));
    this.copies =
        new LocalCopies(
            store,
            catalogDirectory.resolve("copies"),
            settings.caches().localBytes(),
            foreign,
            new ColdMetrics(meters));
    this.files = new FileAudit(store, copies);
    this.clock = clock;
    this.sink = sink;
    CatalogFactory factory =
        new CatalogFactory(
            settings.catalog(), catalogDirectory, store.location(""), new StoreFileIO(store));
    this.catalog = new WarehouseCatalog(factory::open, settings.namespace(), store.location(""));
  }

  /** See {@link io.thermocline.cold.ColdAudit#run}. */
  public static ColdAuditReport run(
      ColdSettings settings,
      List<TopicId> topics,
      InstantSource clock,
      MeterRegistry meters,
      Optional<SecondReader> second,
      AuditFinding.Sink sink) {
    try (ScratchDirectory scratch = ScratchDirectory.make("thermocline-verify-")) {
      if (settings.catalog().kind().equals(CatalogSettings.SQLITE)) {
        copyCatalog(settings.directory(), scratch.path());
      }
      try (ObjectStore store =
          ObjectStores.openToLook(settings.store(), scratch.path(), meters, clock)) {
        TableAudit audit =
            new TableAudit(settings, store, scratch.path(), clock, second, meters, sink);
        topics.forEach(audit::audit);
        return new ColdAuditReport(audit.tables, audit.fileCount, audit.records, audit.bytes);
      }
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION, "The catalog can't be copied to be read: " + e, e);
    }
  }

  /** With what SQLite has not put into the database's file yet. */
  private static void copyCatalog(Path from, Path to) throws IOException {
    for (String name : List.of(CatalogFactory.FILE, CatalogFactory.FILE + "-wal")) {
      if (Files.exists(from.resolve(name))) {
        Path unused = Files.copy(from.resolve(name), to.resolve(name));
      }
    }
  }

  private void audit(TopicId topic) {
    TopicTable table =
        new TopicTable(
            topic,
            catalog,
            new ManifestContents(),
            foreign,
            new WarehouseTraces(store, new TopicRecords(store)),
            clock,
            Duration.ZERO);
    Optional<TableView> found;
    try {
      found = table.view();
    } catch (ThermoclineException e) {
      if (e.kind() == ErrorKind.TRANSIENT) {
        throw e;
      }
      sink.damage(catalog.tableName(topic), e.getMessage());
      return;
    }
    if (found.isPresent()) {
      tables.put(topic, found.get().topic());
      for (int number : found.get().topic().partitions().keySet()) {
        audit(topic, found.get().partition(number));
      }
    }
  }

  private void audit(TopicId topic, PartitionView partition) {
    TopicPartition id = topic.partition(partition.partition());
    String table = catalog.tableName(topic);
    partition.problem().ifPresent(problem -> sink.damage(id, table, problem));
    for (OffsetRange missing : partition.missing()) {
      sink.damage(id, missing, table, "no file of the table has these offsets");
    }
    for (OffsetRange lost : partition.progress().lost()) {
      sink.damage(id, lost, table, "recorded as damaged before they could be tiered");
    }
    for (LogFile file : partition.files()) {
      audit(topic, id, partition, file);
    }
  }

  private void audit(TopicId topic, TopicPartition id, PartitionView partition, LogFile file) {
    fileCount++;
    records += file.rows();
    bytes += file.span().bytes();
    OffsetRange offsets = file.span().range();
    if (partition.doubtful().contains(file.location())) {
      sink.damage(id, offsets, file.location(), "another writer deleted rows of this file");
    }
    try {
      ContentSums ours = files.audit(topic, file, read -> {});
      if (second.isPresent()) {
        compare(id, file, ours, second.get());
      }
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      sink.damage(id, offsets, file.location(), e.getMessage());
    }
  }

  private void compare(TopicPartition id, LogFile file, ContentSums ours, SecondReader reader) {
    try (ColdTier.LocalFile local = copies.of(file)) {
      ContentSums theirs = reader.sums(local.path(), file.span().range());
      for (OffsetRange other : ours.differences(theirs)) {
        sink.damage(id, other, file.location(), reader.name() + " reads other records than we do");
      }
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.EXHAUSTED) {
        throw e;
      }
      sink.note(
          id, file.location(), "not compared with %s: %s".formatted(reader.name(), e.getMessage()));
    }
  }
}
