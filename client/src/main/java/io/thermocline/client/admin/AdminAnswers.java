package io.thermocline.client.admin;

import io.thermocline.model.OffsetRange;
import io.thermocline.proto.v1.AuditFinding;
import io.thermocline.proto.v1.AuditProgress;
import io.thermocline.proto.v1.AuditSeverity;
import io.thermocline.proto.v1.EffectivePolicy;
import io.thermocline.proto.v1.GetTieringStatusResponse;
import io.thermocline.proto.v1.GetTopicResponse;
import io.thermocline.proto.v1.PartitionDescription;
import io.thermocline.proto.v1.PolicyAction;
import io.thermocline.proto.v1.PolicyProblem;
import io.thermocline.proto.v1.TieringMove;
import io.thermocline.proto.v1.TieringStatus;
import io.thermocline.proto.v1.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The server's answers in the client's own words. */
final class AdminAnswers {
  private AdminAnswers() {}

  static TopicSummary topic(Topic topic) {
    return new TopicSummary(
        topic.getName(),
        topic.getId(),
        topic.getPartitionCount(),
        Instant.ofEpochSecond(
            topic.getCreateTime().getSeconds(), topic.getCreateTime().getNanos()));
  }

  static TopicDescription description(GetTopicResponse answer) {
    return new TopicDescription(
        topic(answer.getTopic()),
        answer.getPartitionsList().stream().map(AdminAnswers::partition).toList(),
        answer.getTable(),
        answer.getTableLocation(),
        answer.getColdAvailable());
  }

  static TieringReport.Status status(TieringStatus status) {
    Optional<Duration> lag =
        status.hasLag()
            ? Optional.of(
                Duration.ofSeconds(status.getLag().getSeconds(), status.getLag().getNanos()))
            : Optional.empty();
    return new TieringReport.Status(
        status.getTopic(),
        status.getPartition(),
        status.getEnabled(),
        status.getLogStart(),
        status.getHotStart(),
        status.getTieredTo(),
        status.getEnd(),
        status.getLagBytes(),
        lag,
        status.hasOldestUntiered()
            ? Optional.of(
                Instant.ofEpochSecond(
                    status.getOldestUntiered().getSeconds(), status.getOldestUntiered().getNanos()))
            : Optional.empty(),
        status.getColdFiles(),
        status.getColdBytes(),
        status.getProblem());
  }

  static TieringReport.Overview overview(GetTieringStatusResponse answer) {
    Map<String, Long> commits = new LinkedHashMap<>();
    answer.getCommitsList().forEach(each -> commits.put(each.getOutcome(), each.getCount()));
    return new TieringReport.Overview(
        answer.getPartitionsList().stream().map(AdminAnswers::status).toList(),
        commits,
        answer.getCachesList().stream()
            .map(
                each ->
                    new TieringReport.CacheUse(each.getCache(), each.getHits(), each.getMisses()))
            .toList());
  }

  static TieringReport.Move move(TieringMove move) {
    return new TieringReport.Move(
        move.getTopic(),
        move.getPartition(),
        range(move.getTiered()),
        move.getRecords(),
        move.getFiles(),
        move.getColdBytes(),
        move.getHotStart(),
        move.getLogStart(),
        move.getProblem());
  }

  static AuditReport.Finding finding(AuditFinding finding) {
    return new AuditReport.Finding(
        finding.getSeverity() != AuditSeverity.AUDIT_SEVERITY_NOTE,
        finding.getTopic(),
        finding.getTopic().isEmpty() ? OptionalInt.empty() : OptionalInt.of(finding.getPartition()),
        finding.hasOffsets() ? Optional.of(range(finding.getOffsets())) : Optional.empty(),
        finding.getPlace(),
        finding.getProblem());
  }

  static AuditReport.Totals totals(AuditProgress progress) {
    return new AuditReport.Totals(
        progress.getTopics(),
        progress.getPartitions(),
        progress.getHotBatches(),
        progress.getHotRecords(),
        progress.getHotBytes(),
        progress.getTables(),
        progress.getFiles(),
        progress.getColdRecords(),
        progress.getColdBytes());
  }

  static PolicyReport.Problem problem(PolicyProblem problem) {
    return new PolicyReport.Problem(
        problem.getLine(), problem.getColumn(), problem.getPath(), problem.getMessage());
  }

  static PolicyReport.Action action(PolicyAction action) {
    PolicyReport.ActionKind kind =
        switch (action.getKind()) {
          case POLICY_ACTION_KIND_TIER -> PolicyReport.ActionKind.TIER;
          case POLICY_ACTION_KIND_TRIM -> PolicyReport.ActionKind.TRIM;
          case POLICY_ACTION_KIND_DELETE -> PolicyReport.ActionKind.DELETE;
          case POLICY_ACTION_KIND_UNSPECIFIED, UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "The server plans an action this client does not know: " + action.getKindValue());
        };
    return new PolicyReport.Action(
        kind,
        action.getTopic(),
        action.getPartition(),
        range(action.getRange()),
        action.getBytes(),
        action.getReason());
  }

  static PolicyReport.Effective effective(EffectivePolicy policy) {
    return new PolicyReport.Effective(
        policy.getTopic(),
        policy.getPolicyIndex() < 0 ? OptionalInt.empty() : OptionalInt.of(policy.getPolicyIndex()),
        policy.getSettingsList().stream()
            .map(s -> new PolicyReport.Setting(s.getKey(), s.getValue(), s.getSource()))
            .toList());
  }

  private static TopicDescription.Partition partition(PartitionDescription partition) {
    List<TopicDescription.ColdFile> files =
        partition.getFilesList().stream()
            .map(
                file ->
                    new TopicDescription.ColdFile(
                        range(file.getRange()),
                        file.getRows(),
                        file.getBytes(),
                        file.getLocation()))
            .toList();
    return new TopicDescription.Partition(
        partition.getPartition(),
        partition.getLogStart(),
        partition.getHotStart(),
        partition.getTieredTo(),
        partition.getEnd(),
        partition.getHotBytes(),
        partition.getHotSegments(),
        partition.getColdBytes(),
        partition.getColdFiles(),
        files,
        partition.getLostList().stream().map(AdminAnswers::range).toList(),
        partition.getFence());
  }

  private static OffsetRange range(io.thermocline.proto.v1.OffsetRange range) {
    return new OffsetRange(range.getFrom(), range.getTo());
  }
}
