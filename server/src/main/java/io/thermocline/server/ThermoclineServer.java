package io.thermocline.server;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.IcebergColdTier;
import io.thermocline.cold.rest.RestAnswer;
import io.thermocline.cold.rest.RestCatalog;
import io.thermocline.cold.table.TableTier;
import io.thermocline.gateway.GatewayParts;
import io.thermocline.gateway.GatewayServer;
import io.thermocline.gateway.HttpPages;
import io.thermocline.hot.EmbeddedHotTier;
import io.thermocline.hot.HotSettings;
import io.thermocline.model.OwnerOnly;
import io.thermocline.query.DuckDbSqlEngine;
import io.thermocline.server.config.Configuration;
import io.thermocline.tiering.DiskSpace;
import io.thermocline.tiering.TieringControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process put together: the hot tier, the cold tier behind it, tiering between them, SQL, and
 * the gateway in front. An open server serves; closing it stops in reverse order, so that calls are
 * drained before the log they write to is closed.
 */
public final class ThermoclineServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ThermoclineServer.class);

  private final Resources resources;
  private final Path dataDirectory;
  private final GatewayServer gateway;

  private ThermoclineServer(Resources resources, Path dataDirectory, GatewayServer gateway) {
    this.resources = resources;
    this.dataDirectory = dataDirectory;
    this.gateway = gateway;
  }

  /**
   * Opens everything. When a part can't be opened, those that were are closed again.
   *
   * @throws io.thermocline.model.ThermoclineException saying what is wrong and what to do: the data
   *     directory is in use or of a newer version, the warehouse is another cluster's, a port is
   *     taken, a policy is wrong
   */
  public static ThermoclineServer open(Configuration configuration, InstantSource clock) {
    ServerSettings settings = new ServerSettings(configuration);
    RecoveryMark.requireNone(settings.dataDirectory());
    Resources resources = new Resources();
    try {
      PrometheusMeterRegistry metrics = metrics(resources, settings.dataDirectory());
      long largestFileBytes = TieringControl.largestFileBytes(settings.tiering());
      HotSettings hotSettings = settings.hot(largestFileBytes);
      EmbeddedHotTier hot = resources.own(EmbeddedHotTier.open(hotSettings, clock, metrics));
      ColdSettings coldSettings = settings.cold(hot.clusterId());
      restrict(coldSettings.directory());
      restrict(settings.tiering().directory());
      TableTier cold = resources.own(IcebergColdTier.open(coldSettings, clock, metrics));
      RestCatalog iceberg = resources.own(cold.rest(coldSettings.store(), settings.rest()));
      TieringControl tiering =
          resources.own(
              TieringControl.open(
                  settings.tiering(),
                  hot,
                  hot.topics(),
                  cold,
                  clock,
                  DiskSpace.of(settings.dataDirectory(), hotSettings.minFreeBytes()),
                  metrics));
      DiskReserve.problem(hotSettings.minFreeBytes(), largestFileBytes).ifPresent(LOG::warn);
      DuckDbSqlEngine sql =
          resources.own(new DuckDbSqlEngine(settings.sql(), hot.topics(), hot, cold));
      GatewayServer gateway =
          resources.own(
              GatewayServer.open(
                  settings.gateway(),
                  new GatewayParts(
                      hot,
                      cold,
                      hot.topics(),
                      hot.groupOffsets(),
                      tiering,
                      sql,
                      settings.secondReader(),
                      metrics,
                      metrics::scrape,
                      clock,
                      (method, path, query) -> page(iceberg.answer(method, path, query)),
                      () -> problem(hot))));
      LOG.info(
          "serving grpc={}:{} http={} data={}",
          settings.gateway().host(),
          gateway.port(),
          gateway.httpPort(),
          settings.dataDirectory());
      return new ThermoclineServer(resources, settings.dataDirectory(), gateway);
    } catch (RuntimeException | Error e) {
      try {
        resources.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /**
   * Earlier versions let others read what lies there. A file system that refuses is no reason to
   * stop.
   */
  private static void restrict(Path directory) {
    try {
      if (Files.exists(directory)) {
        OwnerOnly.restrict(directory);
      }
    } catch (IOException e) {
      LOG.warn("others may be able to read what lies in path={}", directory, e);
    }
  }

  private static PrometheusMeterRegistry metrics(Resources resources, Path dataDirectory) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new DiskSpaceMetrics(dataDirectory.toFile()).bindTo(registry);
    resources.own(new JvmGcMetrics()).bindTo(registry);
    resources.own(registry::close);
    return registry;
  }

  private static HttpPages.Answer page(RestAnswer answer) {
    return new HttpPages.Answer(answer.status(), "application/json", answer.json());
  }

  private static Optional<String> problem(EmbeddedHotTier hot) {
    return hot.healthy()
        ? Optional.empty()
        : Optional.of(
            "a log failed after an I/O error and is read-only; mend the disk and restart");
  }

  /** The gRPC port. */
  public int port() {
    return gateway.port();
  }

  /** The HTTP port. */
  public int httpPort() {
    return gateway.httpPort();
  }

  /** Where its files lie. */
  public Path dataDirectory() {
    return dataDirectory;
  }

  @Override
  public void close() {
    LOG.info("stopping data={}", dataDirectory);
    resources.close();
    LOG.info("stopped data={}", dataDirectory);
  }
}
