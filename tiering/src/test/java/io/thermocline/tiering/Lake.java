package io.thermocline.tiering;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.CacheSettings;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.IcebergColdTier;
import io.thermocline.cold.store.S3Settings;
import io.thermocline.cold.store.Secret;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.table.TableSettings;
import io.thermocline.model.ColdTier;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.S3Server;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;

/** A real cold tier for the processes of one cluster, one after the other or at once. */
final class Lake {
  private final StoreSettings store;
  private final TableSettings tables;
  private final InstantSource clock;
  private final Path directory;
  private final UUID cluster = UUID.randomUUID();

  private Lake(StoreSettings store, TableSettings tables, InstantSource clock, Path directory) {
    this.store = store;
    this.tables = tables;
    this.clock = clock;
    this.directory = directory;
  }

  /** In a directory. */
  static Lake in(Path directory, TableSettings tables, InstantSource clock) {
    StoreSettings store = StoreSettings.of(directory.resolve("warehouse").toUri());
    return new Lake(store, tables, clock, directory);
  }

  /** In a bucket of its own, with little patience. */
  static Lake in(S3Server server, String scheme, Path directory, InstantSource clock) {
    S3Settings s3 =
        S3Settings.at(server.endpoint(), S3Server.ACCESS_KEY, Secret.of(S3Server.SECRET_KEY));
    StoreSettings store =
        new StoreSettings(
            URI.create(scheme + "://" + server.newBucket() + "/lake"),
            s3,
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            2,
            8,
            4,
            8 << 20);
    return new Lake(store, TableSettings.defaults(), clock, directory);
  }

  /** The cold tier of one more process; the catalog is the one of the first. */
  ColdTier open(String process) {
    Path own = directory.resolve(process);
    CatalogSettings catalog =
        new CatalogSettings(
            CatalogSettings.JDBC,
            Map.of(
                "uri",
                "jdbc:sqlite:" + directory.resolve("catalog.db"),
                "jdbc.journal_mode",
                "WAL"));
    return IcebergColdTier.open(
        new ColdSettings(
            store, "lake", catalog, own, cluster, false, tables, CacheSettings.defaults()),
        clock,
        new SimpleMeterRegistry());
  }

  /** For {@link TwoTiers}: each process after the one before. */
  ColdTier next(ColdTier before) {
    if (!(before instanceof MemoryColdTier)) {
      before.close();
    }
    return open("process");
  }
}
