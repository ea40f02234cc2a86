package io.thermocline.tiering;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.Pace;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.tiering.policy.PolicyStore;
import io.thermocline.tiering.policy.TopicPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs passes over one topic at a time, by the policies in force: what the runner's threads and
 * those who call now have in common. Thread-safe; a topic's lock keeps its passes apart.
 */
final class Passes {
  private static final Logger LOG = LoggerFactory.getLogger(Passes.class);
  private static final Duration LEAST_PACE_WHEN_FULL = Duration.ofSeconds(5);
  private static final int MAX_ROUNDS = 10_000;

  private final TieringSettings settings;
  private final HotTier hot;
  private final TopicRegistry topics;
  private final ColdTier cold;
  private final PolicyStore policies;
  private final RetentionClock retentionClock;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final BooleanSupplier diskFull;
  private final TieringMetrics metrics;
  private final TopicWorks works;
  private final Shutdown shutdown;
  private final TieringPass pass;
  private final MergePass merging;
  private final TopicNotes notes;

  Passes(
      TieringSettings settings,
      Tiers tiers,
      PolicyStore policies,
      Clocks clocks,
      BooleanSupplier diskFull,
      TieringMetrics metrics,
      TopicWorks works,
      Shutdown shutdown) {
    this.settings = settings;
    this.hot = tiers.hot();
    this.topics = tiers.topics();
    this.cold = tiers.cold();
    this.policies = policies;
    this.retentionClock = clocks.retention();
    this.clock = clocks.wall();
    this.nanoTime = clocks.nanoTime();
    this.diskFull = diskFull;
    this.metrics = metrics;
    this.works = works;
    this.shutdown = shutdown;
    PassLimits limits =
        new PassLimits(
            new Deadline(settings.hotDeadline()),
            new Pace(settings.maxBytesPerSecond(), nanoTime, shutdown::pause),
            shutdown);
    Commits commits = new Commits(cold, metrics, nanoTime);
    this.pass = new TieringPass(hot, cold, limits, metrics, commits);
    this.merging = new MergePass(cold, limits, metrics, commits);
    this.notes = new TopicNotes(hot, cold);
  }

  /** The ports. */
  record Tiers(HotTier hot, TopicRegistry topics, ColdTier cold) {}

  /** The times: of the wall, of deleting, and one that never steps. */
  record Clocks(InstantSource wall, RetentionClock retention, LongSupplier nanoTime) {}

  /** What is to be looked at, as it is now. */
  Occasion occasion(boolean tierAll, boolean trimAll) {
    Instant now = clock.instant();
    return new Occasion(
        now,
        retentionClock.at(now),
        true,
        tierAll,
        trimAll,
        diskFull.getAsBoolean(),
        settings.maxBytesPerCommit());
  }

  /**
   * One pass as the pace allows, unless someone else is at work on the topic.
   *
   * @throws ThermoclineException as {@link TieringPass#run}
   */
  void runWhenFree(Topic topic) {
    TopicWork work = works.of(topic.id());
    if (!work.lock.tryLock()) {
      return;
    }
    try {
      if (isGone(topic)) {
        return;
      }
      TopicPolicy policy = policies.inForce().of(topic.name());
      Occasion occasion = occasion(false, false);
      Duration pace = occasion.diskFull() ? LEAST_PACE_WHEN_FULL : pace(policy);
      boolean mayCommit = work.mayCommit(nanoTime.getAsLong(), pace.toNanos());
      PassReport report = new PassReport(topic);
      timed(topic, work, () -> round(topic, policy, occasion, mayCommit, work, report));
      if (report.mayMaintain()) {
        maintain(topic, policy, occasion, work, report);
      }
    } catch (ThermoclineException e) {
      if (!isGone(topic)) {
        throw e;
      }
      LOG.info("topic was deleted while it was tiered topic={}", topic.name());
    } finally {
      work.lock.unlock();
    }
  }

  /** Passes until all that is durable now is tiered, or no further progress is made. */
  PassReport runNow(Topic topic, boolean trimAll) {
    TopicWork work = works.of(topic.id());
    PassReport report = new PassReport(topic);
    work.lock.lock();
    try {
      TopicPolicy policy = policies.inForce().of(topic.name());
      Map<TopicPartition, Long> wanted = new HashMap<>();
      TopicReader.read(hot, topic, Optional.empty())
          .partitions()
          .forEach(view -> wanted.put(view.id(), view.hot().stableEnd()));
      Occasion occasion = occasion(true, trimAll);
      for (int round = 0; round < MAX_ROUNDS; round++) {
        Occasion now = round == 0 ? occasion : occasion.withoutEnding();
        timed(topic, work, () -> round(topic, policy, now, true, work, report));
        if (!report.hasCommitted() || reached(topic, wanted)) {
          break;
        }
      }
    } catch (ThermoclineException e) {
      report.problemOfAll(e.getMessage());
    } finally {
      work.lock.unlock();
    }
    return report;
  }

  private void round(
      Topic topic,
      TopicPolicy policy,
      Occasion occasion,
      boolean mayCommit,
      TopicWork work,
      PassReport report) {
    if (occasion.tierAll() || work.mayTell(nanoTime.getAsLong())) {
      tell(topic, work);
    }
    pass.run(topic, policy, occasion, mayCommit, work, report);
    if (mayCommit) {
      work.triedToUpload(report.isStoreAway(), nanoTime.getAsLong());
    }
  }

  /**
   * A failure holds up no pass, now or later: while the store is away, what is not tiered goes on
   * to expire at its pace.
   */
  private void tell(Topic topic, TopicWork work) {
    try {
      notes.tell(topic, policies.inForce());
      work.told();
    } catch (RuntimeException e) {
      if (isGone(topic)) {
        throw e;
      }
      ErrorKind kind = e instanceof ThermoclineException named ? named.kind() : ErrorKind.INTERNAL;
      metrics.failed("note", kind);
      LOG.warn("topic could not be noted, tried again topic={} kind={}", topic.name(), kind, e);
      work.untold(kind + ": " + e.getMessage(), nanoTime.getAsLong());
    }
  }

  private boolean reached(Topic topic, Map<TopicPartition, Long> wanted) {
    Optional<ColdTopic> table = cold.lastKnown(topic.id());
    return wanted.entrySet().stream()
        .allMatch(
            end ->
                table
                    .map(known -> known.partition(end.getKey().partition()).tieredTo())
                    .filter(tieredTo -> tieredTo >= end.getValue())
                    .isPresent());
  }

  private void timed(Topic topic, TopicWork work, Runnable run) {
    long began = nanoTime.getAsLong();
    try {
      run.run();
    } catch (ThermoclineException e) {
      if (!isGone(topic)) {
        failed(topic, work, e.kind(), e);
      }
      throw e;
    } catch (RuntimeException e) {
      failed(topic, work, ErrorKind.INTERNAL, e);
      throw new ThermoclineException(ErrorKind.INTERNAL, "Tiering of " + topic.name(), e);
    } finally {
      metrics.runTime().record(Duration.ofNanos(nanoTime.getAsLong() - began));
    }
  }

  private void failed(Topic topic, TopicWork work, ErrorKind kind, RuntimeException e) {
    metrics.failed("run", kind);
    work.problemOfAll(topic.partitionCount(), kind + ": " + e.getMessage());
    metrics.problems(topic.name(), topic.partitionCount());
    try {
      // It grows just then, and nobody else tells.
      TopicPolicy policy = policies.inForce().of(topic.name());
      pass.tellLastKnownLag(topic, policy, clock.instant());
    } catch (RuntimeException unknown) {
      // What failed the pass is what the caller has to hear.
      e.addSuppressed(unknown);
    }
  }

  private void maintain(
      Topic topic, TopicPolicy policy, Occasion occasion, TopicWork work, PassReport report) {
    boolean hasTable = cold.lastKnown(topic.id()).isPresent();
    if (hasTable
        && work.pending().isEmpty()
        && work.takeUpkeep(nanoTime.getAsLong(), settings.maintainInterval().toNanos())) {
      boolean merged = false;
      Optional<RuntimeException> unmerged = Optional.empty();
      try {
        merged = merging.run(topic, policy, occasion, work, report);
      } catch (RuntimeException e) {
        unmerged = Optional.of(e);
      }
      cleanUp(topic, work, merged, unmerged);
    }
  }

  /** Also when merging failed: that may be for want of the room that this makes. */
  private void cleanUp(
      Topic topic, TopicWork work, boolean merged, Optional<RuntimeException> unmerged) {
    boolean cleaned = false;
    try {
      cleaned = work.pending().isEmpty() && !shutdown.hasBegun() && cold.maintain(topic.id());
    } catch (RuntimeException e) {
      unmerged.ifPresent(e::addSuppressed);
      throw e;
    }
    if (merged || cleaned) {
      metrics.maintained();
    }
    if (unmerged.isPresent()) {
      throw unmerged.get();
    }
  }

  private boolean isGone(Topic topic) {
    return topics.find(topic.name()).filter(now -> now.id().equals(topic.id())).isEmpty();
  }

  private Duration pace(TopicPolicy policy) {
    Duration maxLag = policy.tiering().maxLag();
    return policy.tiering().enabled() && maxLag.compareTo(settings.commitInterval()) < 0
        ? maxLag
        : settings.commitInterval();
  }
}
