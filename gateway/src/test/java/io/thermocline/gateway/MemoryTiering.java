package io.thermocline.gateway;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.ThermoclineException.Violation;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.testkit.Await;
import io.thermocline.tiering.PolicyPlan;
import io.thermocline.tiering.PolicyProblem;
import io.thermocline.tiering.Tiering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Tiering without policies: moves when it is told to. A document holding "bad" has two problems.
 */
final class MemoryTiering implements Tiering {
  private final TopicRegistry topics;
  private final HotTier hot;
  private final ColdTier cold;
  private String policies = "kind: TopicPolicies\n";

  MemoryTiering(TopicRegistry topics, HotTier hot, ColdTier cold) {
    this.topics = topics;
    this.hot = hot;
    this.cold = cold;
  }

  /** Copies everything durable to the cold tier. */
  long tier(TopicPartition id) {
    Await.result(hot.seal(id));
    PartitionState state = hot.state(id);
    ColdPartition before = inTable(id);
    long from = before.tieredTo();
    if (state.end() == from) {
      return from;
    }
    List<RecordBatch> batches = new ArrayList<>();
    long next = Math.max(from, state.hotStart());
    while (next < state.end()) {
      ReadResult.Progress progress =
          (ReadResult.Progress) Await.result(hot.read(id, next, 1 << 20));
      batches.addAll(progress.batches());
      next = progress.nextOffset();
    }
    List<ColdFile> files =
        cold.write(
                id,
                new OffsetRange(from, state.end()),
                batches.iterator(),
                new ColdWriteSettings(Compression.ZSTD))
            .map(List::of)
            .orElse(List.of());
    move(id, from, state.end(), before.logStart(), files);
    return state.end();
  }

  /** Lets go of local copies below {@code upTo}. */
  void trim(TopicPartition id, long upTo) {
    long reached = Await.result(hot.trim(id, upTo));
    if (reached > Math.max(inTable(id).tieredTo(), hot.state(id).logStart())) {
      throw new IllegalStateException("Trimmed past what is tiered: " + reached);
    }
  }

  /** Deletes everything below {@code logStart} from both tiers. */
  void expire(TopicPartition id, long logStart) {
    long moved = Await.result(hot.advanceLogStart(id, logStart));
    long tieredTo = inTable(id).tieredTo();
    move(id, tieredTo, tieredTo, moved, List.of());
  }

  private void move(TopicPartition id, long from, long to, long logStart, List<ColdFile> files) {
    cold.commit(
        id.topic(),
        new ColdCommit(
            UUID.randomUUID(),
            List.of(new ColdCommit.Move(id.partition(), from, to, logStart, files, List.of()))));
  }

  private ColdPartition inTable(TopicPartition id) {
    return cold.topic(id.topic())
        .map(table -> table.partition(id.partition()))
        .orElseGet(() -> ColdPartition.empty(id.partition()));
  }

  @Override
  public List<PartitionStatus> status(Optional<TopicId> topic) {
    return partitions(topic).stream()
        .map(
            id -> {
              PartitionState state = hot.state(id);
              return new PartitionStatus(
                  id,
                  true,
                  state.logStart(),
                  state.hotStart(),
                  inTable(id).tieredTo(),
                  state.end(),
                  state.bytes(),
                  Optional.of(Duration.ofMillis(1_500)),
                  Optional.of(java.time.Instant.ofEpochMilli(1_700_000_000_500L)),
                  3,
                  4_096,
                  Optional.of("standing still"));
            })
        .toList();
  }

  private List<TopicPartition> partitions(Optional<TopicId> topic) {
    return topics.list().stream()
        .filter(found -> topic.isEmpty() || found.id().equals(topic.get()))
        .flatMap(found -> found.partitions())
        .toList();
  }

  @Override
  public List<PartitionRun> runNow(Optional<TopicId> topic, boolean trimAll) {
    return partitions(topic).stream()
        .map(
            id -> {
              long from = inTable(id).tieredTo();
              long to = tier(id);
              if (trimAll) {
                trim(id, to);
              }
              return new PartitionRun(
                  id,
                  new OffsetRange(from, to),
                  to - from,
                  inTable(id).files().size(),
                  inTable(id).bytes(),
                  hot.state(id).hotStart(),
                  hot.state(id).logStart(),
                  Optional.empty());
            })
        .toList();
  }

  @Override
  public List<PolicyProblem> validate(String yaml) {
    return yaml.contains("bad")
        ? List.of(
            new PolicyProblem(1, 2, "policies[0].hot.retain", "has no unit"),
            new PolicyProblem(3, 4, "policies[0].hto", "is not known: did you mean 'hot'?"))
        : List.of();
  }

  @Override
  public PolicyPlan plan(Optional<String> yaml) {
    yaml.ifPresent(this::check);
    List<PolicyPlan.Action> actions =
        partitions(Optional.empty()).stream()
            .map(
                id ->
                    new PolicyPlan.Action(
                        PolicyPlan.Kind.DELETE, id, new OffsetRange(0, 7), 70, "retention.age 7d"))
            .toList();
    return new PolicyPlan(
        actions,
        topics.list().stream()
            .map(
                topic ->
                    new PolicyPlan.Effective(
                        topic.id(),
                        0,
                        List.of(new PolicyPlan.Setting("hot.retain", "6h", "line 12"))))
            .toList());
  }

  private void check(String yaml) {
    List<PolicyProblem> problems = validate(yaml);
    if (!problems.isEmpty()) {
      throw new ThermoclineException(ErrorKind.INVALID, problems.size() + " problems in policies")
          .with(
              problems.stream()
                  .map(problem -> new Violation(problem.path(), problem.message()))
                  .toList());
    }
  }

  @Override
  public PolicyPlan apply(String yaml) {
    PolicyPlan plan = plan(Optional.of(yaml));
    policies = yaml;
    return plan;
  }

  @Override
  public void topicsChanged() {}

  @Override
  public String policies() {
    return policies;
  }

  @Override
  public void deleteTopic(TopicId topic, boolean purgeCold) {
    var unused = topics.beginDelete(topic, purgeCold);
    if (purgeCold) {
      cold.purge(topic);
    }
    topics.finishDelete(topic);
  }
}
