package io.thermocline.gateway.audit;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.SecondReader;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicRegistry;
import java.util.List;
import java.util.Optional;

/**
 * Reads all that both tiers have while they are in use, and tells what is wrong with it. Changes
 * nothing.
 *
 * <p>Right while the system moves on, because of the order in which it looks: local disk first,
 * then the table, as a record is in the table before it leaves the disk. What looks wrong is looked
 * at again, and told only when it still does: what was trimmed, expired, merged away or deleted
 * meanwhile is nobody's loss.
 *
 * <p>Thread-safe; holds one read of local disk and a few windows of one file in memory.
 */
public final class SystemAudit {
  private final TopicRegistry topics;
  private final HotTier hot;
  private final ColdTier cold;
  private final SecondReader second;

  /** An audit of these tiers, which stay the caller's. */
  public SystemAudit(TopicRegistry topics, HotTier hot, ColdTier cold, SecondReader second) {
    this.topics = topics;
    this.hot = hot;
    this.cold = cold;
    this.second = second;
  }

  /**
   * Audits one topic, or all there are now.
   *
   * @param compare whether the second reader reads each data file too
   * @return what was looked at
   * @throws ThermoclineException {@link ErrorKind#TRANSIENT} while a tier can't be reached, and
   *     what {@code watch} throws
   */
  public AuditTotals run(Optional<TopicId> topic, boolean compare, AuditWatch watch) {
    List<Topic> all =
        topics.list().stream()
            .filter(each -> topic.isEmpty() || each.id().equals(topic.get()))
            .toList();
    AuditTotals totals = AuditTotals.NONE;
    for (Topic each : all) {
      totals = totals.plusTopic(each.partitionCount());
      Round round = new Round(watch, totals);
      try {
        new TopicAudit(each, hot, cold, compare ? Optional.of(second) : Optional.empty(), round)
            .run();
      } catch (ThermoclineException e) {
        if (e.kind() != ErrorKind.NOT_FOUND || isThere(each)) {
          throw e;
        }
        watch.note("", "topic '%s' was deleted while it was looked at".formatted(each.name()));
      }
      totals = round.totals();
      watch.progress(totals);
    }
    return totals;
  }

  private boolean isThere(Topic topic) {
    return topics.find(topic.name()).filter(now -> now.id().equals(topic.id())).isPresent();
  }
}
