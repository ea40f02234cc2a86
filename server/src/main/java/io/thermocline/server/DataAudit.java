package io.thermocline.server;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.ColdAudit;
import io.thermocline.cold.ColdAuditReport;
import io.thermocline.hot.audit.AuditedLog;
import io.thermocline.hot.audit.HotAudit;
import io.thermocline.hot.audit.HotAuditReport;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.server.config.Configuration;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Audits the stored data of a server that does not run, and holds its directory until all of it is
 * done. Changes nothing.
 */
public final class DataAudit {
  private static final UUID NOBODY = new UUID(0, 0);

  private final ServerSettings settings;

  private DataAudit(Configuration configuration) {
    this.settings = new ServerSettings(configuration);
  }

  /**
   * What was looked at.
   *
   * @param cold empty when only the local disk was audited
   */
  public record Report(HotAuditReport hot, Optional<ColdAuditReport> cold) {}

  /** The audit of what a server with this configuration would open. */
  public static DataAudit of(Configuration configuration) {
    return new DataAudit(configuration);
  }

  /** The data directory. */
  public Path directory() {
    return settings.dataDirectory();
  }

  /**
   * Audits the local disk alone.
   *
   * @param sink told what is wrong, as it is found
   * @throws io.thermocline.model.ThermoclineException when the directory is in use or is none
   */
  public Report runHot(AuditFinding.Sink sink) {
    try (HotAudit audit = HotAudit.open(settings.hotDirectory())) {
      return new Report(audit.run(sink), Optional.empty());
    }
  }

  /**
   * Audits both tiers, that DuckDB reads each data file as we do, and that together they have all
   * offsets from log start to end.
   *
   * @param compare whether DuckDB reads each data file too
   * @param sink told what is wrong, as it is found
   * @throws io.thermocline.model.ThermoclineException when the directory is in use or is none, or
   *     when the catalog or the object store can't be reached
   */
  public Report run(boolean compare, AuditFinding.Sink sink) {
    try (HotAudit audit = HotAudit.open(settings.hotDirectory())) {
      return run(audit.run(sink), compare, sink);
    }
  }

  private Report run(HotAuditReport hot, boolean compare, AuditFinding.Sink sink) {
    List<TopicId> topics = hot.topics().stream().map(Topic::id).toList();
    ColdAuditReport cold =
        ColdAudit.run(
            settings.cold(hot.cluster().orElse(NOBODY)),
            topics,
            InstantSource.system(),
            new SimpleMeterRegistry(),
            compare ? Optional.of(settings.secondReader()) : Optional.empty(),
            sink);
    for (AuditedLog log : hot.logs()) {
      compareAtTheSeam(log, cold.tables().get(log.id().topic()), sink);
    }
    return new Report(hot, Optional.of(cold));
  }

  private static void compareAtTheSeam(
      AuditedLog log, ColdTopic tableOrNull, AuditFinding.Sink sink) {
    int number = log.id().partition();
    ColdPartition cold =
        tableOrNull == null ? ColdPartition.empty(number) : tableOrNull.partition(number);
    if (cold.tieredTo() > log.end()) {
      sink.damage(
          log.id(),
          new OffsetRange(log.end(), cold.tieredTo()),
          "",
          "the table is ahead of the log, which would give these offsets again");
    }
    long covered = Math.max(cold.tieredTo(), Math.max(log.logStart(), cold.logStart()));
    if (covered < log.hotStart()) {
      sink.damage(
          log.id(), new OffsetRange(covered, log.hotStart()), "", "neither tier has these offsets");
    }
  }
}
