package io.thermocline.server;

import io.thermocline.cold.CacheSettings;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.WriteBudget;
import io.thermocline.cold.rest.RestSettings;
import io.thermocline.cold.store.S3Settings;
import io.thermocline.cold.store.Secret;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.table.TableSettings;
import io.thermocline.gateway.GatewaySettings;
import io.thermocline.hot.HotSettings;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.SecondReader;
import io.thermocline.model.ThermoclineException;
import io.thermocline.query.DuckDbFileReader;
import io.thermocline.query.SqlSettings;
import io.thermocline.server.config.ConfigKeys;
import io.thermocline.server.config.Configuration;
import io.thermocline.server.config.FileFailure;
import io.thermocline.tiering.TieringSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Turns a configuration into the settings of each part. */
final class ServerSettings {
  /** Beside those that run: they wait for their turn, or for their reader to take the answer. */
  private static final int WAITING_STATEMENTS = 6;

  private final Configuration configuration;
  private final Path dataDirectory;

  ServerSettings(Configuration configuration) {
    this.configuration = configuration;
    this.dataDirectory =
        Path.of(configuration.get(ConfigKeys.DATA_DIR)).toAbsolutePath().normalize();
  }

  Path dataDirectory() {
    return dataDirectory;
  }

  Path hotDirectory() {
    return dataDirectory.resolve("hot");
  }

  /**
   * @param largestFileBytes of the data files that policies have made; 0 when nothing is tiered
   */
  HotSettings hot(long largestFileBytes) {
    HotSettings defaults = HotSettings.in(hotDirectory());
    return defaults
        .withMinFreeBytes(
            configuration
                .get(ConfigKeys.MIN_FREE)
                .orElseGet(() -> DiskReserve.automatic(diskBytes(), largestFileBytes)))
        .withJournal(configuration.get(ConfigKeys.JOURNAL_BYTES), defaults.journalMinLogs())
        .withProducers(producers(defaults.producers()));
  }

  private ProducerLimits producers(ProducerLimits defaults) {
    int inAll = configuration.get(ConfigKeys.PRODUCERS_MAX);
    return new ProducerLimits(
        Math.min(defaults.perPartition(), inAll),
        inAll,
        configuration.get(ConfigKeys.PRODUCERS_FORGET),
        defaults.makeRoom());
  }

  private long diskBytes() {
    Path existing = dataDirectory;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    try {
      return Files.getFileStore(existing).getTotalSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("The size of the disk of " + existing + " can't be told", e);
    }
  }

  ColdSettings cold(UUID cluster) {
    return new ColdSettings(
        StoreSettings.of(warehouse())
            .with(s3())
            .withTimeouts(
                Duration.ofSeconds(5),
                min(Duration.ofSeconds(30), configuration.get(ConfigKeys.REQUEST_TIMEOUT)),
                configuration.get(ConfigKeys.REQUEST_TIMEOUT)),
        configuration.get(ConfigKeys.NAMESPACE),
        catalog(),
        dataDirectory.resolve("cold"),
        cluster,
        configuration.get(ConfigKeys.TAKE_OVER),
        TableSettings.defaults(),
        new CacheSettings(
            configuration.get(ConfigKeys.COLD_MEMORY), configuration.get(ConfigKeys.COLD_CACHE)),
        new WriteBudget(
            configuration.get(ConfigKeys.TIERING_MEMORY),
            configuration
                .get(ConfigKeys.TIERING_MAX_REQUESTS_PER_SECOND)
                .orElse(WriteBudget.UNLIMITED)));
  }

  private CatalogSettings catalog() {
    return new CatalogSettings(
        configuration.get(ConfigKeys.CATALOG_TYPE),
        configuration.properties(ConfigKeys.CATALOG_PROPERTIES));
  }

  private static Duration min(Duration left, Duration right) {
    return left.compareTo(right) <= 0 ? left : right;
  }

  private URI warehouse() {
    String text = configuration.get(ConfigKeys.WAREHOUSE);
    if (text.isEmpty()) {
      return dataDirectory.resolve("warehouse").toUri();
    }
    return text.startsWith("file:") && !text.startsWith("file:///")
        ? Path.of(text.substring("file:".length())).toAbsolutePath().normalize().toUri()
        : URI.create(text);
  }

  private S3Settings s3() {
    String endpoint = configuration.get(ConfigKeys.S3_ENDPOINT);
    Optional<String> accessKey = configuration.secret(ConfigKeys.S3_ACCESS_KEY);
    Optional<String> secretKey = configuration.secret(ConfigKeys.S3_SECRET_KEY);
    if (accessKey.isPresent() != secretKey.isPresent()) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Bad configuration: storage.s3.accessKey and storage.s3.secretKey go together; one is"
              + " missing");
    }
    return new S3Settings(
        endpoint.isEmpty() ? Optional.empty() : Optional.of(URI.create(endpoint)),
        configuration.get(ConfigKeys.S3_REGION),
        configuration.get(ConfigKeys.S3_PATH_STYLE),
        accessKey.map(key -> new S3Settings.Credentials(key, Secret.of(secretKey.orElseThrow()))),
        configuration.get(ConfigKeys.S3_CHECKSUMS).equals("when-required")
            ? S3Settings.Checksums.WHEN_REQUIRED
            : S3Settings.Checksums.WHEN_SUPPORTED);
  }

  /** What engines that read the tables are given. */
  RestSettings rest() {
    String role = configuration.get(ConfigKeys.ICEBERG_STS_ROLE);
    if (configuration.get(ConfigKeys.ICEBERG_VEND).equals("none")) {
      return RestSettings.withoutCredentials();
    }
    if (role.isEmpty()) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Bad configuration: iceberg.vend: sts needs iceberg.sts.role");
    }
    String endpoint = configuration.get(ConfigKeys.ICEBERG_STS_ENDPOINT);
    return new RestSettings(
        Optional.of(
            new RestSettings.Sts(
                role,
                endpoint.isEmpty() ? Optional.empty() : Optional.of(URI.create(endpoint)),
                configuration.get(ConfigKeys.ICEBERG_STS_LIFETIME))));
  }

  SqlSettings sql() {
    SqlSettings defaults = SqlSettings.defaults();
    return new SqlSettings(
        configuration.get(ConfigKeys.QUERY_MEMORY),
        defaults.threads(),
        configuration.get(ConfigKeys.QUERY_TIMEOUT),
        configuration.get(ConfigKeys.QUERY_CONCURRENCY),
        defaults.maxResultBytes());
  }

  /** Who reads data files in audits besides the cold tier. */
  SecondReader secondReader() {
    return new DuckDbFileReader(configuration.get(ConfigKeys.QUERY_MEMORY));
  }

  GatewaySettings gateway() {
    GatewaySettings defaults = GatewaySettings.defaults();
    return defaults
        .listeningOn(
            configuration.get(ConfigKeys.HOST),
            configuration.get(ConfigKeys.GRPC_PORT),
            configuration.get(ConfigKeys.HTTP_PORT))
        .with(defaults.heartbeat(), configuration.get(ConfigKeys.DRAIN))
        .taking(configuration.get(ConfigKeys.QUERY_CONCURRENCY) + WAITING_STATEMENTS)
        .verifyingAt(configuration.get(ConfigKeys.VERIFY_MAX_BYTES_PER_SECOND));
  }

  TieringSettings tiering() {
    TieringSettings defaults =
        TieringSettings.defaults(
            dataDirectory.resolve("tiering"),
            initialPolicies().orElseGet(TieringSettings::defaultPolicies));
    return new TieringSettings(
        defaults.directory(),
        defaults.initialPolicies(),
        configuration.get(ConfigKeys.TIERING_CHECK_INTERVAL),
        configuration.get(ConfigKeys.TIERING_COMMIT_INTERVAL),
        defaults.maintainInterval(),
        configuration
            .get(ConfigKeys.TIERING_MAX_BYTES_PER_SECOND)
            .orElse(TieringSettings.UNLIMITED),
        configuration.get(ConfigKeys.TIERING_CONCURRENT_TOPICS),
        defaults.maxBytesPerCommit(),
        defaults.maxClockStep(),
        defaults.hotDeadline());
  }

  /** The policies to begin with; empty when none are configured. */
  private Optional<String> initialPolicies() {
    String file = configuration.get(ConfigKeys.POLICIES_FILE);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(Path.of(file)));
    } catch (NoSuchFileException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Bad configuration: policies.file: there is no file " + Path.of(file).toAbsolutePath(),
          e);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Bad configuration: policies.file " + file + " can't be read: " + FileFailure.reason(e),
          e);
    }
  }
}
