package io.thermocline.tiering;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.tiering.policy.TopicPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of merging for one topic: small files become larger ones, all in one commit. May be cut
 * at any point: until the commit the table has the small files, after it the large ones, and the
 * small ones stay in the store for whoever still reads them.
 */
final class MergePass {
  private static final Logger LOG = LoggerFactory.getLogger(MergePass.class);

  /** What one round reads at most, so that tiering, which waits meanwhile, does not wait long. */
  private static final MergePlanner.Budget BUDGET = new MergePlanner.Budget(1L << 30, 1_000);

  private final ColdTier cold;
  private final PassLimits limits;
  private final TieringMetrics metrics;
  private final Commits commits;

  MergePass(ColdTier cold, PassLimits limits, TieringMetrics metrics, Commits commits) {
    this.cold = cold;
    this.limits = limits;
    this.metrics = metrics;
    this.commits = commits;
  }

  /**
   * Does a round. The caller holds the topic's lock, and no commit is pending.
   *
   * @return whether anything was merged
   * @throws ThermoclineException when it could not go on; {@link ErrorKind#OUTCOME_UNKNOWN} when a
   *     commit is left to be sent again
   */
  boolean run(
      Topic topic, TopicPolicy policy, Occasion occasion, TopicWork work, PassReport report) {
    Optional<ColdTopic> table = cold.topic(topic.id());
    if (table.isEmpty() || !policy.tiering().enabled()) {
      return false;
    }
    List<List<ColdFile>> plan =
        MergePlanner.plan(table.get(), policy, topic.created(), occasion.retentionTime(), BUDGET);
    List<ColdCommit.Merge> merges = new ArrayList<>();
    for (List<ColdFile> group : failedLast(plan, work)) {
      merge(topic, policy, group, work).ifPresent(merges::add);
    }
    return !merges.isEmpty()
        && commits
            .send(
                topic,
                PendingCommit.of(ColdCommit.ofMerges(UUID.randomUUID(), merges)),
                work,
                report)
            .isPresent();
  }

  /** What could not be merged the last time takes no one's turn. */
  private static List<List<ColdFile>> failedLast(List<List<ColdFile>> plan, TopicWork work) {
    return plan.stream()
        .sorted(Comparator.comparing(group -> work.failedToMerge(group.get(0).partition())))
        .toList();
  }

  private Optional<ColdCommit.Merge> merge(
      Topic topic, TopicPolicy policy, List<ColdFile> group, TopicWork work) {
    TopicPartition id = topic.id().partition(group.get(0).partition());
    try {
      limits.shutdown().check();
      limits.pace().take(MergePlanner.bytes(group));
      ColdFile merged =
          cold.merge(id, group, new ColdWriteSettings(policy.tiering().compression()));
      work.merged(id.partition(), true);
      return Optional.of(new ColdCommit.Merge(group, merged));
    } catch (ThermoclineException e) {
      metrics.failed("merge", e.kind());
      work.merged(id.partition(), false);
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      LOG.warn("merge failed partition={} range={}", id, ColdCommit.Merge.rangeOf(group), e);
      return Optional.empty();
    }
  }
}
