package io.thermocline.tiering;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.tiering.policy.PolicyDocument;
import io.thermocline.tiering.policy.PolicyFault;
import io.thermocline.tiering.policy.PolicyParser;
import io.thermocline.tiering.policy.PolicyStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The tiering service put together: it runs in threads of its own from {@link #open} until {@link
 * #close}. The tiers, the topics and the meter registry belong to the caller and are not closed.
 */
public final class TieringControl implements Tiering, AutoCloseable {
  private final HotTier hot;
  private final TopicRegistry topics;
  private final ColdTier cold;
  private final InstantSource clock;
  private final PolicyStore policies;
  private final PolicyPlans plans;
  private final Passes passes;
  private final TopicDeletions deletions;
  private final TopicWorks works;
  private final SegmentCutting cutting;
  private final TieringMetrics metrics;
  private final TieringRunner runner;

  private TieringControl(
      TieringSettings settings,
      Passes.Tiers tiers,
      InstantSource clock,
      LongSupplier nanoTime,
      BooleanSupplier diskFull,
      MeterRegistry registry) {
    this.hot = tiers.hot();
    this.topics = tiers.topics();
    this.cold = tiers.cold();
    this.clock = clock;
    this.policies = PolicyStore.open(settings.directory(), settings.initialPolicies());
    this.plans = new PolicyPlans(hot, topics, cold);
    this.works = new TopicWorks();
    this.metrics = new TieringMetrics(registry);
    this.cutting = new SegmentCutting(hot);
    this.deletions = new TopicDeletions(topics, cold, works, metrics);
    RetentionClock retention =
        RetentionClock.open(settings.directory(), clock, nanoTime, settings.maxClockStep());
    Shutdown shutdown = new Shutdown();
    this.passes =
        new Passes(
            settings,
            tiers,
            policies,
            new Passes.Clocks(clock, retention, nanoTime),
            diskFull,
            metrics,
            works,
            shutdown);
    cutting.tell(topics.list(), policies.inForce());
    this.runner =
        TieringRunner.start(
            settings,
            topics,
            new TieringRunner.Work(this::eachTick, passes::runWhenFree, deletions::resume),
            nanoTime,
            shutdown);
  }

  /**
   * Starts tiering.
   *
   * @param diskFull whether the disk's reserve is reached, cheap to ask: see {@link DiskSpace}
   * @throws ThermoclineException {@link ErrorKind#INVALID} for bad initial policies, {@link
   *     ErrorKind#CORRUPT} or {@link ErrorKind#FAILED_PRECONDITION} when what was kept in the
   *     settings' directory is damaged or of a newer version
   */
  public static TieringControl open(
      TieringSettings settings,
      HotTier hot,
      TopicRegistry topics,
      ColdTier cold,
      InstantSource clock,
      BooleanSupplier diskFull,
      MeterRegistry registry) {
    return open(
        settings, new Passes.Tiers(hot, topics, cold), clock, System::nanoTime, diskFull, registry);
  }

  static TieringControl open(
      TieringSettings settings,
      Passes.Tiers tiers,
      InstantSource clock,
      LongSupplier nanoTime,
      BooleanSupplier diskFull,
      MeterRegistry registry) {
    return new TieringControl(settings, tiers, clock, nanoTime, diskFull, registry);
  }

  private void eachTick(List<Topic> now) {
    cutting.tell(now, policies.inForce());
    works.retain(now.stream().map(Topic::id).collect(Collectors.toSet()));
    metrics.keep(now.stream().map(Topic::name).toList());
  }

  /**
   * The largest {@code tiering.targetFileBytes} of the policies that a start would find in force
   * and that tier; 0 when none does. While a file is made, up to so much lies on local disk beside
   * what it is made of, and as much again where the warehouse is on that disk.
   *
   * @throws ThermoclineException for what {@link #open} would refuse them for
   */
  public static long largestFileBytes(TieringSettings settings) {
    return PolicyStore.look(settings.directory(), settings.initialPolicies()).largestFileBytes();
  }

  @Override
  public List<PartitionStatus> status(Optional<TopicId> topic) {
    List<PartitionStatus> all = new ArrayList<>();
    for (Topic one : chosen(topic)) {
      boolean enabled = policies.inForce().of(one.name()).tiering().enabled();
      one.partitions().forEach(id -> all.add(status(id, enabled)));
    }
    return all;
  }

  private PartitionStatus status(TopicPartition id, boolean enabled) {
    try {
      return readStatus(id, enabled);
    } catch (ThermoclineException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        throw e;
      }
      Optional<String> problem = Optional.of(e.kind() + ": " + e.getMessage());
      return new PartitionStatus(
          id, enabled, 0, 0, 0, 0, 0, Optional.empty(), Optional.empty(), 0, 0, problem);
    }
  }

  private PartitionStatus readStatus(TopicPartition id, boolean enabled) {
    PartitionView view = TopicReader.partition(hot, id, cold.lastKnown(id.topic()));
    Optional<String> problem =
        works
            .known(id.topic())
            .flatMap(work -> work.problem(id.partition()))
            .or(() -> cold.lastKnown(id.topic()).flatMap(known -> view.problem(enabled)));
    return new PartitionStatus(
        id,
        enabled,
        view.logStart(),
        view.hot().hotStart(),
        view.cold().tieredTo(),
        view.hot().end(),
        view.lagBytes(),
        view.lag(clock.instant()),
        view.oldestUntiered(),
        view.cold().files().size(),
        view.cold().bytes(),
        problem);
  }

  @Override
  public List<PartitionRun> runNow(Optional<TopicId> topic, boolean trimAll) {
    List<Topic> tiered =
        chosen(topic).stream()
            .filter(one -> policies.inForce().of(one.name()).tiering().enabled())
            .toList();
    if (topic.isPresent() && tiered.isEmpty()) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "No policy tiers topic '%s': apply one that does".formatted(topic.get()));
    }
    return tiered.stream()
        .flatMap(one -> passes.runNow(one, trimAll).partitions().stream())
        .toList();
  }

  private List<Topic> chosen(Optional<TopicId> topic) {
    return topic.isEmpty() ? topics.list() : List.of(require(topic.get()));
  }

  private Topic require(TopicId id) {
    return topics
        .find(id.name())
        .filter(topic -> topic.id().equals(id))
        .orElseThrow(
            () -> new ThermoclineException(ErrorKind.NOT_FOUND, "No topic '" + id.name() + "'"));
  }

  @Override
  public List<PolicyProblem> validate(String yaml) {
    return PolicyParser.parse(yaml).faults().stream().map(TieringControl::problem).toList();
  }

  private static PolicyProblem problem(PolicyFault fault) {
    return new PolicyProblem(fault.line(), fault.column(), fault.path(), fault.message());
  }

  @Override
  public PolicyPlan plan(Optional<String> yaml) {
    PolicyDocument document = yaml.map(PolicyStore::parse).orElseGet(policies::inForce);
    return plans.of(document, passes.occasion(false, false), false);
  }

  @Override
  public PolicyPlan apply(String yaml) {
    PolicyDocument document = PolicyStore.parse(yaml);
    PolicyPlan plan = plans.of(document, passes.occasion(false, false), true);
    policies.apply(document);
    cutting.tell(topics.list(), document);
    return plan;
  }

  @Override
  public void topicsChanged() {
    cutting.tell(topics.list(), policies.inForce());
  }

  @Override
  public String policies() {
    return policies.inForce().text();
  }

  @Override
  public void deleteTopic(TopicId topic, boolean purgeCold) {
    deletions.delete(topic, purgeCold);
  }

  /** Ends the threads; what is under way comes to its next stop first. */
  @Override
  public void close() {
    runner.close();
  }
}
