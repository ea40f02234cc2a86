package io.thermocline.cold;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.cold.table.TableAudit;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.SecondReader;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Audits the tables of a cold tier that nobody runs. */
public final class ColdAudit {
  private ColdAudit() {}

  /**
   * Reads every data file of the topics' tables, and compares it with what its name, its footer and
   * the table say. Changes nothing, and does not ask who owns the warehouse.
   *
   * @param second compared with our own reader on every file; none: files are not compared
   * @param sink told what is wrong, as it is found
   * @throws ThermoclineException {@link ErrorKind#TRANSIENT} while the catalog or the store can't
   *     be reached
   */
  public static ColdAuditReport run(
      ColdSettings settings,
      List<TopicId> topics,
      InstantSource clock,
      MeterRegistry meters,
      Optional<SecondReader> second,
      AuditFinding.Sink sink) {
    return TableAudit.run(settings, topics, clock, meters, second, sink);
  }
}
