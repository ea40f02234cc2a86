package io.thermocline.cold;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.table.TableSettings;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ColdTierContract;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cold tier as a server opens it, over a directory. */
final class IcebergColdTierTest implements ColdTierContract {
  @TempDir private Path directory;
  private final UUID cluster = UUID.randomUUID();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private ColdTier cold;

  @BeforeEach
  void open() {
    cold = open(settings("data", cluster, false));
  }

  @AfterEach
  void close() {
    cold.close();
  }

  @Override
  public ColdTier cold() {
    return cold;
  }

  @Test
  void whatWasCommittedIsThereAfterARestart() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    cold.close();

    cold = open(settings("data", cluster, false));

    assertThat(cold.lastKnown(id.topic())).isEmpty();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
    tier(id, Records.plain(10, 10));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
  }

  @Test
  void anotherClustersWarehouseIsRefusedUnlessItIsTakenOver() {
    UUID stranger = UUID.randomUUID();

    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION, () -> open(settings("other", stranger, false)).close());

    open(settings("other", stranger, true)).close();
    TopicPartition id = newPartition();
    Await.throwsKind(ErrorKind.FAILED_PRECONDITION, () -> tier(id, Records.plain(0, 5)));
  }

  @Test
  void theEmbeddedCatalogWritesAhead() throws SQLException {
    tier(newPartition(), Records.plain(0, 10));

    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("data/catalog.db"));
        Statement statement = connection.createStatement();
        ResultSet mode = statement.executeQuery("PRAGMA journal_mode")) {
      assertThat(mode.getString(1)).isEqualTo("wal");
    }
  }

  @Test
  void catalogsThatCannotBeMadeAreRefused() {
    Await.throwsKind(
        ErrorKind.INVALID, () -> open(settings(new CatalogSettings("glue", Map.of()))).close());
    Await.throwsKind(
        ErrorKind.INVALID,
        () -> open(settings(new CatalogSettings(CatalogSettings.JDBC, Map.of()))).close());
  }

  @Test
  void catalogPropertiesAreNotPrinted() {
    assertThat(settings(new CatalogSettings("jdbc", Map.of("jdbc.password", "hunter2"))))
        .asString()
        .contains("jdbc.password")
        .doesNotContain("hunter2");
  }

  @Test
  void afterItWasClosedEveryCallIsRefused() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 5));
    cold.close();

    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION, () -> assertThat(cold.read(id, 0, 100)).isNull());
    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION, () -> assertThat(cold.topic(id.topic())).isNull());
  }

  @Test
  void readersInTurnsEachKeepTheirPlaceAlsoWhenThereAreTooMany() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 400));
    int readers = CacheSettings.defaults().openReaders() * 2;
    long[] next = new long[readers];
    List<List<StoredRecord>> read = new ArrayList<>();
    for (int reader = 0; reader < readers; reader++) {
      next[reader] = reader * 10L;
      read.add(new ArrayList<>());
    }

    for (int turn = 0; turn < 400; turn++) {
      int reader = turn % readers;
      if (next[reader] < 400) {
        ReadResult.Progress step = progress(id, next[reader], 500);
        read.get(reader).addAll(TestBatches.decode(step.batches()));
        next[reader] = step.nextOffset();
      }
    }

    for (int reader = 0; reader < readers; reader++) {
      assertThat(read.get(reader))
          .isEqualTo(
              Records.plain(reader * 10L, 400 - reader * 10).subList(0, read.get(reader).size()))
          .hasSizeGreaterThan(100);
    }
  }

  @Test
  void itCountsWhatItDoes() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 50));
    assertThat(readAll(id, 0, 300)).hasSize(50);

    assertThat(registry.get("thermocline.cold.commit").tag("outcome", "ok").timer().count())
        .isEqualTo(1);
    assertThat(registry.get("thermocline.cold.files.written").counter().count()).isEqualTo(1);
    assertThat(registry.get("thermocline.cold.read.bytes").counter().count()).isPositive();
    assertThat(
            registry
                .get("thermocline.cold.cache")
                .tags("cache", "footer", "result", "miss")
                .counter()
                .count())
        .as("a replay opens a file once")
        .isEqualTo(1);
  }

  private ColdTier open(ColdSettings settings) {
    return IcebergColdTier.open(settings, InstantSource.system(), registry);
  }

  private ColdSettings settings(String data, UUID ofCluster, boolean takeOver) {
    return settings(data, ofCluster, takeOver, CatalogSettings.sqlite());
  }

  private ColdSettings settings(CatalogSettings catalog) {
    return settings("data", cluster, false, catalog);
  }

  private ColdSettings settings(
      String data, UUID ofCluster, boolean takeOver, CatalogSettings catalog) {
    return new ColdSettings(
        StoreSettings.of(directory.resolve("warehouse").toUri()),
        "thermocline",
        catalog,
        directory.resolve(data),
        ofCluster,
        takeOver,
        TableSettings.defaults(),
        CacheSettings.defaults());
  }
}
