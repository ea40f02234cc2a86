package io.thermocline.server;

import io.thermocline.hot.HotAudit;
import io.thermocline.hot.audit.HotAuditReport;
import io.thermocline.model.AuditFinding;
import io.thermocline.server.config.Configuration;
import java.nio.file.Path;

/** Audits the stored data of a server that does not run. Changes nothing. */
public final class DataAudit {
  private final ServerSettings settings;

  private DataAudit(Configuration configuration) {
    this.settings = new ServerSettings(configuration);
  }

  /** The audit of what a server with this configuration would open. */
  public static DataAudit of(Configuration configuration) {
    return new DataAudit(configuration);
  }

  /** The data directory. */
  public Path directory() {
    return settings.dataDirectory();
  }

  /**
   * Audits everything.
   *
   * @param sink told what is wrong, as it is found
   * @throws io.thermocline.model.ThermoclineException when the directory is in use or is none
   */
  public HotAuditReport run(AuditFinding.Sink sink) {
    return HotAudit.run(settings.hot().directory(), sink);
  }
}
