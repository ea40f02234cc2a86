package io.thermocline.hot.audit;

import io.thermocline.model.Topic;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What an audit of a hot tier's directory saw. What is wrong was told to the sink.
 *
 * @param cluster the directory's identity; empty when the metadata can't be read
 * @param topics those the metadata has, without those that are being deleted
 * @param logs every partition of them, also those without any file
 * @param totals added up
 */
public record HotAuditReport(
    Optional<UUID> cluster, List<Topic> topics, List<AuditedLog> logs, AuditTotals totals) {
  public HotAuditReport {
    topics = List.copyOf(topics);
    logs = List.copyOf(logs);
  }
}
