package io.thermocline.cold;

import io.thermocline.model.ColdTopic;
import io.thermocline.model.TopicId;
import java.util.Map;

/**
 * What an audit of a cold tier saw. What is wrong was told to the sink.
 *
 * @param tables those that could be read, by topic; topics without a table are left out
 * @param files data files their current snapshots name
 * @param records that the table says are in them
 * @param bytes of them
 */
public record ColdAuditReport(
    Map<TopicId, ColdTopic> tables, long files, long records, long bytes) {
  public ColdAuditReport {
    tables = Map.copyOf(tables);
  }
}
