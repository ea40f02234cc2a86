package io.thermocline.hot.audit;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import java.util.List;

/**
 * One partition's log, as the next start would open it.
 *
 * @param id whose it is
 * @param logStart first offset that is to be readable, over both tiers
 * @param hotStart first offset on local disk that is to be readable
 * @param end one past the last durable offset
 * @param lost damaged ranges at or above the hot start, in order
 * @param totals what it holds
 */
public record AuditedLog(
    TopicPartition id,
    long logStart,
    long hotStart,
    long end,
    List<OffsetRange> lost,
    AuditTotals totals) {
  public AuditedLog {
    lost = List.copyOf(lost);
  }
}
