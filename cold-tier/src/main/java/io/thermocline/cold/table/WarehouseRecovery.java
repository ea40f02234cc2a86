package io.thermocline.cold.table;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.RecoverableTopic;
import io.thermocline.cold.RecoverableTopic.Fate;
import io.thermocline.cold.RecoverableWarehouse;
import io.thermocline.cold.RecoverableWarehouse.Unreadable;
import io.thermocline.cold.records.TopicRecord;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.cold.store.WarehouseOwner;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OwnerOnly;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;

/**
 * Tells from a warehouse alone which topics it has the history of, and puts their tables into the
 * catalog again. Not thread-safe.
 */
public final class WarehouseRecovery implements AutoCloseable {
  private static final int AT_A_TIME = 8;

  private final ObjectStore store;
  private final TopicRecords records;
  private final WarehouseCatalog catalog;
  private final MetadataChoice choice;

  /** Whether there is a catalog to be asked: opening the embedded one would make it. */
  private final boolean hasCatalog;

  private WarehouseRecovery(ColdSettings settings, ObjectStore store) {
    this.store = store;
    this.records = new TopicRecords(store);
    this.choice = new MetadataChoice(store);
    CatalogFactory factory =
        new CatalogFactory(
            settings.catalog(), settings.directory(), store.location(""), new StoreFileIO(store));
    this.catalog = new WarehouseCatalog(factory::open, settings.namespace(), store.location(""));
    this.hasCatalog =
        !settings.catalog().kind().equals(CatalogSettings.SQLITE)
            || Files.exists(settings.directory().resolve(CatalogFactory.FILE));
  }

  /**
   * Opens a warehouse to look at it: nothing in it is changed.
   *
   * @param temporary a local directory that may be used meanwhile
   * @return to be closed by the caller
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when there is no such
   *     directory, {@link ErrorKind#INVALID} for settings that name no store or catalog
   */
  public static WarehouseRecovery look(
      ColdSettings settings, Path temporary, InstantSource clock, MeterRegistry meters) {
    return over(settings, ObjectStores.openToLook(settings.store(), temporary, meters, clock));
  }

  /** Opens a warehouse that was looked at, to bring its tables back; makes the local directory. */
  public static WarehouseRecovery open(
      ColdSettings settings, InstantSource clock, MeterRegistry meters) {
    try {
      OwnerOnly.createDirectories(settings.directory());
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Directory %s can't be used: %s".formatted(settings.directory(), e),
          e);
    }
    return over(
        settings,
        ObjectStores.open(settings.store(), settings.directory().getFileSystem(), meters, clock));
  }

  private static WarehouseRecovery over(ColdSettings settings, ObjectStore store) {
    try {
      return new WarehouseRecovery(settings, store);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /**
   * What is there. A topic that can't be brought back is told with its problem, also one whose
   * record is damaged.
   *
   * @throws ThermoclineException {@link ErrorKind#NOT_FOUND} when nothing owns the warehouse or it
   *     has no record of any topic, {@link ErrorKind#CORRUPT} when the owner file is damaged,
   *     {@link ErrorKind#FAILED_PRECONDITION} when a newer version wrote to it, or its tables were
   *     in another place or namespace, {@link ErrorKind#TRANSIENT} while it or the catalog can't be
   *     reached
   */
  public RecoverableWarehouse find() {
    WarehouseOwner.Holder owner =
        WarehouseOwner.holder(store)
            .orElseThrow(
                () ->
                    new ThermoclineException(
                        ErrorKind.NOT_FOUND,
                        "There is nothing to recover at %s: it has no owner file below _thermocline/. Is that the warehouse?"
                            .formatted(store.location(""))));
    Map<UUID, Long> known = records.list();
    if (known.isEmpty()) {
      throw new ThermoclineException(
          ErrorKind.NOT_FOUND,
          "There is nothing to recover at %s: it has no records about topics below _thermocline/topics/. Tables that an earlier version left can be registered in a catalog by their newest metadata file"
              .formatted(store.location("")));
    }
    List<Unreadable> unreadable = Collections.synchronizedList(new ArrayList<>());
    List<TopicRecord> read =
        each(
                List.copyOf(known.entrySet()),
                topic -> read(topic.getKey(), topic.getValue(), unreadable::add))
            .stream()
            .flatMap(Optional::stream)
            .toList();
    unreadable.sort(Comparator.comparing(Unreadable::topic));
    return new RecoverableWarehouse(
        store.location(""),
        owner.epoch(),
        owner.cluster(),
        records.policies(),
        topics(read),
        unreadable);
  }

  private Optional<TopicRecord> read(UUID topic, long epoch, Consumer<Unreadable> damaged) {
    try {
      return Optional.of(records.read(topic, epoch));
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      damaged.accept(new Unreadable(topic, e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * Two clusters that had the warehouse may each have had a topic of one name: the later counts.
   */
  private List<RecoverableTopic> topics(List<TopicRecord> read) {
    List<TopicRecord> all = new ArrayList<>(read);
    all.sort(
        Comparator.comparingLong(TopicRecord::epoch)
            .thenComparing(record -> record.deletion().isEmpty())
            .thenComparing(TopicRecord::writtenAt)
            .reversed());
    Map<String, TopicRecord> byTable = new HashMap<>();
    for (TopicRecord record : all) {
      if (fate(record) != Fate.NOTHING) {
        TopicRecord unused = byTable.putIfAbsent(tableOf(record), record);
      }
    }
    List<RecoverableTopic> topics =
        new ArrayList<>(
            each(
                all,
                record -> {
                  TopicRecord taker = byTable.getOrDefault(tableOf(record), record);
                  return taker.equals(record) || fate(record) == Fate.NOTHING
                      ? topic(record)
                      : displaced(record, taker);
                }));
    topics.sort(Comparator.comparing(topic -> topic.id().name()));
    return topics;
  }

  private static String tableOf(TopicRecord record) {
    return TableNames.of(record.topic().name());
  }

  /** Does the same with all of them, a few at a time: each waits for the store most of its time. */
  private static <A, B> List<B> each(List<A> all, Function<A, B> work) {
    ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    List<Future<B>> running = new ArrayList<>();
    try {
      for (A one : all) {
        running.add(threads.submit(() -> work.apply(one)));
      }
      List<B> done = new ArrayList<>();
      for (Future<B> one : running) {
        done.add(one.get());
      }
      return done;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Interrupted", e);
    } finally {
      // After a failure those that have not begun are not wanted.
      running.forEach(one -> one.cancel(false));
      threads.shutdown();
    }
  }

  private static RecoverableTopic displaced(TopicRecord record, TopicRecord later) {
    String where =
        record.table().map(table -> ", its table stays at " + table.location()).orElse("");
    return new RecoverableTopic(
        record.note(),
        record.cluster(),
        record.writtenAt(),
        Fate.NOTHING,
        Optional.empty(),
        Optional.empty(),
        List.of(
            "with id %s is passed over for a later one of that table, with id %s%s"
                .formatted(record.topic().id().uuid(), later.topic().id().uuid(), where)));
  }

  private static Fate fate(TopicRecord record) {
    return record
        .deletion()
        .map(how -> how == TopicRecord.Deletion.KEEP ? Fate.TABLE_ONLY : Fate.NOTHING)
        .orElse(Fate.TOPIC);
  }

  private RecoverableTopic topic(TopicRecord record) {
    Fate fate = fate(record);
    List<String> remarks = new ArrayList<>();
    if (fate != Fate.TOPIC) {
      remarks.add(
          fate == Fate.TABLE_ONLY
              ? "was deleted and its table kept: only the table comes back"
              : "was being deleted with its table: nothing comes back");
    }
    Optional<RecoverableTopic.Table> table = Optional.empty();
    Optional<String> problem = Optional.empty();
    if (fate != Fate.NOTHING && record.table().isPresent()) {
      try {
        table = Optional.of(table(record, record.table().get(), remarks));
        problem = table.flatMap(found -> degraded(found.partitions()));
      } catch (ThermoclineException e) {
        if (e.kind() != ErrorKind.CORRUPT) {
          throw e;
        }
        problem = Optional.of(e.getMessage());
      }
    }
    return new RecoverableTopic(
        record.note(),
        record.cluster(),
        record.writtenAt(),
        fate,
        problem.isPresent() ? Optional.empty() : table,
        problem,
        remarks);
  }

  private static Optional<String> degraded(Map<Integer, ColdPartition> partitions) {
    return partitions.values().stream()
        .filter(partition -> partition.problem().isPresent())
        .min(Comparator.comparingInt(ColdPartition::partition))
        .map(
            partition ->
                "partition %d is degraded: %s. Roll the table back to the last snapshot with thermocline.commit-id"
                    .formatted(partition.partition(), partition.problem().get()));
  }

  private RecoverableTopic.Table table(
      TopicRecord record, TopicRecord.Pointer pointer, List<String> remarks) {
    TopicId topic = record.topic().id();
    String expected = catalog.tableName(topic);
    if (!pointer.name().equals(expected)) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "The table of topic '%s' is %s, and would be %s here: set storage.namespace as it was"
              .formatted(topic, pointer.name(), expected));
    }
    Optional<TableMetadata> registered =
        hasCatalog ? catalog.load(topic).map(TableOperations::current) : Optional.empty();
    MetadataChoice.Chosen chosen;
    if (registered.isPresent()) {
      TableProgress unused = TableProgress.of(topic, expected, registered.get().properties());
      chosen = choice.require(topic, pointer, registered.get());
    } else {
      chosen = choice.choose(topic, pointer);
    }
    chosen.passedOver().forEach(file -> remarks.add("has metadata that does not count: " + file));
    return new RecoverableTopic.Table(
        expected,
        chosen.metadata().metadataFileLocation(),
        registered.isPresent(),
        chosen.view().progress().lastCommit(),
        chosen.view().topic().partitions());
  }

  /**
   * Takes the warehouse over with the epoch after the one that was seen, unless {@code cluster} did
   * so already.
   *
   * @param seenEpoch of the owner when the warehouse was looked at
   * @throws ThermoclineException {@link ErrorKind#CONFLICT} when another took it since
   */
  public void claim(UUID cluster, long seenEpoch, InstantSource clock) {
    WarehouseOwner unused = WarehouseOwner.takeOver(store, cluster, clock, seenEpoch);
  }

  /** Puts a topic's table into the catalog; harmless when it is there already. */
  public void register(RecoverableTopic topic) {
    RecoverableTopic.Table table = topic.table().orElseThrow();
    if (!table.registered()) {
      catalog.register(topic.id(), table.metadata());
    }
  }

  @Override
  public void close() {
    try {
      catalog.close();
    } finally {
      store.close();
    }
  }
}
