package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.IcebergColdTier;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.table.TableSettings;
import io.thermocline.hot.EmbeddedHotTier;
import io.thermocline.hot.HotSettings;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.disk.SimulatedDisk;
import io.thermocline.tiering.Tiering;
import io.thermocline.tiering.TieringControl;
import io.thermocline.tiering.TieringSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The tiers and tiering on a simulated disk, with one topic, and a catalog on the machine's. */
record BothTiers(EmbeddedHotTier hot, ColdTier cold, TieringControl tiering, Topic topic)
    implements AutoCloseable {
  private static final String TOPIC = "orders";
  private static final Duration NEVER = Duration.ofDays(365);
  private static final Duration AT_ONCE = Duration.ofNanos(1);

  /** What is replaced goes at the next upkeep. */
  private static final TableSettings TABLES =
      new TableSettings(Duration.ofSeconds(30), AT_ONCE, 2, AT_ONCE, AT_ONCE);

  static BothTiers open(SimulatedDisk disk, Path catalog, InstantSource clock) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    EmbeddedHotTier hot =
        EmbeddedHotTier.open(
            HotSettings.in(disk.getPath("/data/hot"))
                .withMinFreeBytes(0)
                .withSegmentLimits(new SegmentLimits(16 << 10, NEVER)),
            clock,
            registry);
    Topic topic = hot.topics().find(TOPIC).orElseGet(() -> hot.topics().create(TOPIC, 2));
    ColdTier cold = IcebergColdTier.open(cold(disk, catalog, hot), clock, registry);
    TieringControl tiering =
        TieringControl.open(tiering(disk), hot, hot.topics(), cold, clock, () -> false, registry);
    return new BothTiers(hot, cold, tiering, topic);
  }

  private static ColdSettings cold(SimulatedDisk disk, Path catalog, EmbeddedHotTier hot) {
    ColdSettings defaults =
        ColdSettings.of(
            StoreSettings.of(URI.create("file:///data/warehouse")),
            disk.getPath("/data/cold"),
            hot.clusterId());
    // As the embedded catalog is opened.
    Map<String, String> sqlite =
        Map.of(
            "uri", url(catalog),
            "jdbc.journal_mode", "WAL",
            "jdbc.synchronous", "FULL",
            "jdbc.busy_timeout", "10000");
    return new ColdSettings(
        defaults.store(),
        defaults.namespace(),
        new CatalogSettings(CatalogSettings.JDBC, sqlite),
        defaults.directory(),
        defaults.cluster(),
        defaults.takeOver(),
        TABLES,
        defaults.caches());
  }

  private static TieringSettings tiering(SimulatedDisk disk) {
    TieringSettings defaults =
        TieringSettings.defaults(disk.getPath("/data/tiering"), TieringSettings.defaultPolicies());
    // Nothing by itself: the test says when.
    return new TieringSettings(
        defaults.directory(),
        defaults.initialPolicies(),
        NEVER,
        NEVER,
        NEVER,
        defaults.maxBytesPerSecond(),
        defaults.concurrentTopics(),
        defaults.maxBytesPerCommit(),
        defaults.maxClockStep(),
        defaults.hotDeadline());
  }

  /** Tiers all there is. */
  void runTiering(boolean trimAll) {
    for (Tiering.PartitionRun run : tiering.runNow(Optional.of(topic.id()), trimAll)) {
      assertThat(run.problem()).as("tiering of %s", run.id()).isEmpty();
    }
  }

  /** Makes one file of all that a partition has in the table. */
  void merge(TopicPartition id) {
    List<ColdFile> files =
        cold.topic(topic.id())
            .map(table -> table.partition(id.partition()).files())
            .orElseGet(List::of);
    if (files.size() > 1) {
      ColdFile merged = cold.merge(id, files, new ColdWriteSettings(Compression.ZSTD));
      ColdCommit.Merge merge = new ColdCommit.Merge(files, merged);
      assertThat(cold.commit(topic.id(), ColdCommit.ofMerges(UUID.randomUUID(), List.of(merge))))
          .isNotNull();
    }
  }

  /** Forgets and deletes what was replaced, until there is nothing left to do. */
  void maintain() {
    int pieces = 0;
    while (cold.maintain(topic.id())) {
      assertThat(++pieces).as("pieces of upkeep").isLessThan(100);
    }
  }

  private static String url(Path catalog) {
    return "jdbc:sqlite:" + catalog;
  }

  /** The transactions that are committed, as another database; none when there is none. */
  static void copyCatalog(Path catalog, Path copy) {
    if (!Files.exists(catalog)) {
      return;
    }
    try (Connection connection = DriverManager.getConnection(url(catalog));
        Statement statement = connection.createStatement()) {
      int unused = statement.executeUpdate("backup to '" + copy + "'");
    } catch (SQLException e) {
      throw new AssertionError("Copying " + catalog, e);
    }
  }

  @Override
  public void close() {
    tiering.close();
    cold.close();
    hot.close();
  }
}
