package io.thermocline.tiering;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.tiering.PartitionPlan.Expiry;
import io.thermocline.tiering.PartitionPlan.Trim;
import io.thermocline.tiering.policy.TopicPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of tiering for one topic: upload, one commit, and before and after it let go locally.
 * May be cut at any point: what counts is in the table and in the hot tier, and the next pass goes
 * on from there.
 *
 * <p>The order that keeps records safe and readers without a gap:
 *
 * <ol>
 *   <li>a commit whose outcome is unknown is sent again, the very same, before anything else
 *   <li>local copies that may go by what the table has already go first: an upload takes long, and
 *       whoever is killed at it each time must not keep them for ever
 *   <li>files are uploaded, then made visible together with new log starts in one commit
 *   <li>only when that commit is read back, by the warehouse's owner, the log start moves in the
 *       hot tier, which never goes back, and local copies below tiered-to go
 * </ol>
 */
final class TieringPass {
  private static final Logger LOG = LoggerFactory.getLogger(TieringPass.class);
  private static final int MAX_CONFLICTS = 3;

  private final HotTier hot;
  private final ColdTier cold;
  private final PassLimits limits;
  private final TieringMetrics metrics;
  private final Commits commits;

  TieringPass(
      HotTier hot, ColdTier cold, PassLimits limits, TieringMetrics metrics, Commits commits) {
    this.hot = hot;
    this.cold = cold;
    this.limits = limits;
    this.metrics = metrics;
    this.commits = commits;
  }

  /**
   * Does a round. The caller holds the topic's lock.
   *
   * @param mayCommit whether the table's pace allows a commit now; without it only local copies go
   * @param report told what was done and what stands in the way, for each partition
   * @throws ThermoclineException when it could not go on for the whole topic; {@link
   *     ErrorKind#OUTCOME_UNKNOWN} when a commit is left to be sent again
   */
  void run(
      Topic topic,
      TopicPolicy policy,
      Occasion occasion,
      boolean mayCommit,
      TopicWork work,
      PassReport report) {
    report.begin();
    Optional<ColdTopic> table =
        work.pending()
            .flatMap(pending -> commits.send(topic, pending, work, report))
            .or(() -> look(topic, policy, work));
    settle(topic, policy, occasion.withoutEnding(), table, report);
    if (mayCommit) {
      Optional<ColdTopic> after = tier(topic, policy, occasion, table, work, report);
      settle(topic, policy, occasion.withoutEnding(), after, report);
    }
    tellProblems(topic, work, report);
  }

  /** What was not tried this time is as it was when it was. */
  private void tellProblems(Topic topic, TopicWork work, PassReport report) {
    work.failedToTier().forEach((number, why) -> report.problem(topic.id().partition(number), why));
    work.untold().ifPresent(report::problemOfAll);
    work.problems(report.problems());
    metrics.problems(topic.name(), report.problems().size());
  }

  /**
   * A topic that is not tiered is given no table, so once it is known to have none it is not asked
   * again: its retention goes on while the cold tier is away. Until that is known it waits, as the
   * topic may have been tiered once, and then what is to go depends on the table.
   */
  private Optional<ColdTopic> look(Topic topic, TopicPolicy policy, TopicWork work) {
    if (!policy.tiering().enabled() && work.isWithoutTable()) {
      return Optional.empty();
    }
    Optional<ColdTopic> table = cold.topic(topic.id());
    work.withoutTable(table.isEmpty());
    return table;
  }

  /** The table afterwards. */
  private Optional<ColdTopic> tier(
      Topic topic,
      TopicPolicy policy,
      Occasion occasion,
      Optional<ColdTopic> before,
      TopicWork work,
      PassReport report) {
    Optional<ColdTopic> table = before;
    for (int i = 0; i < MAX_CONFLICTS; i++) {
      Optional<PendingCommit> next = upload(topic, policy, occasion, table, work, report);
      if (next.isEmpty()) {
        break;
      }
      Optional<ColdTopic> after = commits.send(topic, next.get(), work, report);
      table = after.isPresent() ? after : cold.topic(topic.id());
      if (after.isPresent()) {
        break;
      }
    }
    return table;
  }

  private Optional<PendingCommit> upload(
      Topic topic,
      TopicPolicy policy,
      Occasion occasion,
      Optional<ColdTopic> table,
      TopicWork work,
      PassReport report) {
    TopicView view = TopicReader.read(hot, topic, table);
    Set<Integer> failed = work.lastInTurn();
    List<PartitionPlan> plans = Planner.plan(view, policy, occasion, failed);
    if (plans.stream().anyMatch(PartitionPlan::seal)) {
      end(plans, report);
      view = TopicReader.read(hot, topic, table);
      plans = Planner.plan(view, policy, occasion.withoutEnding(), failed);
    }
    Uploader uploader = new Uploader(hot, cold, limits, metrics, policy, work.failedToTier());
    plans.stream()
        .sorted(Comparator.comparing(plan -> failed.contains(plan.id().partition())))
        .forEach(uploader::add);
    work.failedToTier(uploader.failures(), uploader.untried());
    report.storeAway(uploader.isStoreAway());
    return uploader.commit();
  }

  private void end(List<PartitionPlan> plans, PassReport report) {
    for (PartitionPlan plan : plans) {
      if (plan.seal()) {
        try {
          limits.deadline().await(hot.seal(plan.id()), "sealing " + plan.id());
        } catch (ThermoclineException e) {
          TopicReader.requireTopic(hot, plan.id());
          metrics.failed("seal", e.kind());
          report.problem(plan.id(), "sealing failed: " + e.getMessage());
          LOG.warn("seal failed partition={} kind={}", plan.id(), e.kind(), e);
        }
      }
    }
  }

  /** Lets go locally of what the table, as it was read back, has or no longer needs. */
  private void settle(
      Topic topic,
      TopicPolicy policy,
      Occasion occasion,
      Optional<ColdTopic> table,
      PassReport report) {
    TopicView view = TopicReader.read(hot, topic, table);
    List<PartitionPlan> plans = Planner.plan(view, policy, occasion);
    if (restsOnTable(view, plans)) {
      view = TopicReader.read(hot, topic, cold.confirmed(topic.id()));
      plans = Planner.plan(view, policy, occasion);
    }
    view.unreadable().forEach(report::problem);
    for (PartitionPlan plan : plans) {
      plan.problem().ifPresent(problem -> report.problem(plan.id(), problem));
      plan.view()
          .disagreement(policy.tiering().enabled())
          .ifPresent(problem -> report.standsStill(plan.id(), problem));
      try {
        if (plan.problem().isEmpty()) {
          settle(plan, policy);
        }
        report.stands(plan.id(), hot.state(plan.id()));
      } catch (ThermoclineException e) {
        TopicReader.requireTopic(hot, plan.id());
        metrics.failed("trim", e.kind());
        report.problem(plan.id(), "letting go of local copies failed: " + e.getMessage());
        LOG.warn("trim failed partition={} kind={}", plan.id(), e.kind(), e);
      }
    }
    tellLag(view, policy, occasion.now());
  }

  /** Whether anything is deleted for what the table says, so that it has to be so still. */
  private static boolean restsOnTable(TopicView view, List<PartitionPlan> plans) {
    return plans.stream().anyMatch(plan -> plan.trim().isPresent())
        || view.partitions().stream()
            .anyMatch(partition -> partition.cold().logStart() > partition.hot().logStart());
  }

  private void settle(PartitionPlan plan, TopicPolicy policy) {
    PartitionView view = plan.view();
    long logStart = view.cold().logStart();
    boolean hotOnly = !policy.tiering().enabled() && !view.inTable();
    if (hotOnly) {
      logStart = Math.max(logStart, plan.expiry().map(Expiry::logStart).orElse(0L));
    }
    if (logStart > view.hot().logStart()) {
      long reached =
          limits
              .deadline()
              .await(hot.advanceLogStart(view.id(), logStart), "expiring " + view.id());
      LOG.debug("log start partition={} offset={}", view.id(), reached);
      if (hotOnly) {
        plan.expiry().ifPresent(expiry -> commits.tellExpiry(view.id(), expiry, false));
      }
    }
    if (plan.trim().isPresent()) {
      trim(view, plan.trim().get());
    }
  }

  private void trim(PartitionView view, Trim trim) {
    if (trim.upTo() > view.cold().tieredTo()) {
      throw new ThermoclineException(
          ErrorKind.INTERNAL,
          "A trim of %s to %d would pass tiered-to %d"
              .formatted(view.id(), trim.upTo(), view.cold().tieredTo()));
    }
    long hotStart =
        limits.deadline().await(hot.trim(view.id(), trim.upTo()), "trimming " + view.id());
    metrics.trimmed(Math.max(0, hotStart - view.hot().hotStart()));
    LOG.info(
        "trimmed partition={} hot_start={} bytes={} rule=\"{}\"",
        view.id(),
        hotStart,
        trim.bytes(),
        trim.reason());
  }

  /** Tells how far a topic is behind by what is known of its table without asking for it. */
  void tellLastKnownLag(Topic topic, TopicPolicy policy, Instant now) {
    tellLag(TopicReader.read(hot, topic, cold.lastKnown(topic.id())), policy, now);
  }

  private void tellLag(TopicView view, TopicPolicy policy, Instant now) {
    TieringMetrics.Lag lag = TieringMetrics.Lag.NONE;
    if (policy.tiering().enabled()) {
      lag =
          new TieringMetrics.Lag(
              view.partitions().stream().mapToLong(PartitionView::lagBytes).sum(),
              view.partitions().stream()
                  .flatMap(partition -> partition.lag(now).stream())
                  .max(Comparator.naturalOrder())
                  .orElse(Duration.ZERO),
              view.partitions().stream()
                  .flatMap(partition -> partition.oldestUntiered().stream())
                  .min(Comparator.naturalOrder()));
    }
    metrics.lag(view.topic().name(), lag);
    metrics.holding(
        view.topic().name(),
        new TieringMetrics.Holding(
            view.partitions().stream().mapToLong(each -> each.cold().files().size()).sum(),
            view.partitions().stream().mapToLong(each -> each.cold().bytes()).sum()));
  }
}
