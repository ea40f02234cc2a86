package io.thermocline.cold.table;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.CacheSettings;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.RecoverableWarehouse;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.S3Settings;
import io.thermocline.cold.store.Secret;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ColdTier;
import io.thermocline.model.TableNames;
import io.thermocline.model.TopicId;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * A warehouse in a directory with its catalog, for several processes of one cluster and for other
 * writers.
 */
final class TestWarehouse implements AutoCloseable {
  static final Duration MAX_VIEW_AGE = Duration.ofSeconds(30);
  static final Duration SAFE_AGE = Duration.ofHours(24);
  static final int SNAPSHOTS_KEPT = 2;

  /** As good as none. */
  static final Duration NO_SAFE_AGE = Duration.ofNanos(1);

  final ManualClock clock = new ManualClock(Instant.now());
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final UUID cluster;
  private final Path directory;
  private final StoreSettings storeSettings;
  private final List<Runnable> opened = new ArrayList<>();

  TestWarehouse(Path directory) {
    this(directory, StoreSettings.of(directory.resolve("warehouse").toUri()));
  }

  /** With the warehouse in another store. */
  TestWarehouse(Path directory, StoreSettings storeSettings) {
    this(directory, storeSettings, UUID.randomUUID());
  }

  /** With the warehouse of a certain cluster in another store. */
  TestWarehouse(Path directory, StoreSettings storeSettings, UUID cluster) {
    this.cluster = cluster;
    this.directory = directory;
    this.storeSettings = storeSettings;
  }

  /** With the warehouse in a bucket of its own. */
  static TestWarehouse inBucket(Path directory, S3Server server) {
    return new TestWarehouse(directory, inBucket(server, server.newBucket()));
  }

  /** A store that lies in a bucket. */
  static StoreSettings inBucket(S3Server server, String bucket) {
    S3Settings s3 =
        new S3Settings(
            Optional.of(server.endpoint()),
            S3Server.REGION,
            true,
            Optional.of(
                new S3Settings.Credentials(S3Server.ACCESS_KEY, Secret.of(S3Server.SECRET_KEY))),
            S3Settings.Checksums.WHEN_SUPPORTED);
    return StoreSettings.of(URI.create("s3://" + bucket + "/lake"))
        .with(s3)
        .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(20));
  }

  /** One process: its cold tier and the catalog it sees. */
  record Node(ColdTier cold, FaultyCatalog catalog) {}

  /** Starts a process of the cluster. */
  Node start() {
    return start(SAFE_AGE);
  }

  /** Starts a process with another safe age. */
  Node start(Duration safeAge) {
    return start(settings(cluster, false, safeAge), UnaryOperator.identity());
  }

  /** Starts a process that sees the store through {@code faults}. */
  Node start(UnaryOperator<ObjectStore> faults) {
    return start(SAFE_AGE, faults);
  }

  /** Starts a process with another safe age that sees the store through {@code faults}. */
  Node start(Duration safeAge, UnaryOperator<ObjectStore> faults) {
    return start(settings(cluster, false, safeAge), faults);
  }

  /** Starts a process that keeps little, and sees the store through {@code faults}. */
  Node start(CacheSettings caches, UnaryOperator<ObjectStore> faults) {
    return start(settings(cluster, false, SAFE_AGE, nextData(), caches), faults);
  }

  /** Starts a process of another cluster that takes the warehouse over. */
  Node startTakeOver() {
    return start(settings(UUID.randomUUID(), true, SAFE_AGE), UnaryOperator.identity());
  }

  /** Looks at the warehouse as a recovery does, with the catalog that {@code data} has, if any. */
  RecoverableWarehouse look(Path data) {
    try (WarehouseRecovery recovery =
        WarehouseRecovery.look(
            settings(cluster, false, SAFE_AGE, data),
            directory.resolve("temporary"),
            clock,
            registry)) {
      return recovery.find();
    }
  }

  private ColdSettings settings(UUID ofCluster, boolean takeOver, Duration safeAge) {
    return settings(ofCluster, takeOver, safeAge, nextData());
  }

  private Path nextData() {
    return directory.resolve("data-" + opened.size());
  }

  private ColdSettings settings(UUID ofCluster, boolean takeOver, Duration safeAge, Path data) {
    return settings(ofCluster, takeOver, safeAge, data, CacheSettings.defaults());
  }

  private ColdSettings settings(
      UUID ofCluster, boolean takeOver, Duration safeAge, Path data, CacheSettings caches) {
    return new ColdSettings(
        storeSettings,
        "lake",
        CatalogSettings.sqlite(),
        data,
        ofCluster,
        takeOver,
        new TableSettings(MAX_VIEW_AGE, safeAge, SNAPSHOTS_KEPT, safeAge, Duration.ofMinutes(1)),
        caches);
  }

  private Node start(ColdSettings settings, UnaryOperator<ObjectStore> faults) {
    ObjectStore store = faults.apply(ObjectStores.open(settings.store(), registry, clock));
    FaultyCatalog catalog = catalog(store);
    TableTier tier = new TableTier(settings, store, () -> catalog, clock, registry);
    opened.add(tier::close);
    return new Node(tier, catalog);
  }

  private FaultyCatalog catalog(ObjectStore store) {
    return FaultyCatalog.open(
        database(), store.location(""), new SteadyFileIO(new StoreFileIO(store)));
  }

  /** The topic's table as another writer has it. */
  Table foreign(TopicId topic) {
    FaultyCatalog catalog = catalog(store());
    opened.add(catalog::close);
    return catalog.loadTable(TableIdentifier.of("lake", TableNames.of(topic.name())));
  }

  /** Has the catalog know a table by its metadata. */
  void register(TopicId topic, String metadata) {
    try (FaultyCatalog catalog = catalog(store())) {
      catalog.createNamespace(Namespace.of("lake"));
      Table unused =
          catalog.registerTable(TableIdentifier.of("lake", TableNames.of(topic.name())), metadata);
    }
  }

  /** Where the catalog's database lies. */
  Path database() {
    return directory.resolve("catalog.db");
  }

  /** The store, as nobody disturbs it. */
  ObjectStore store() {
    ObjectStore store = ObjectStores.open(storeSettings, registry, clock);
    opened.add(store::close);
    return store;
  }

  Path warehouse() {
    return directory.resolve("warehouse");
  }

  /** All files below the warehouse whose path ends in {@code suffix}. */
  List<Path> files(String suffix) {
    try (Stream<Path> files = Files.walk(warehouse())) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("/_thermocline/"))
          .filter(file -> file.toString().endsWith(suffix))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a file look as if it had been written earlier. */
  static void age(Path file, Duration by) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(by)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).run();
    }
  }
}
