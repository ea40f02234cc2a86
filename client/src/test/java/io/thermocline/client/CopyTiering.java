package io.thermocline.client;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
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

/** Tiering without policies: copies all there is when it is told to. */
final class CopyTiering implements Tiering {
  private final TopicRegistry topics;
  private final HotTier hot;
  private final ColdTier cold;
  private String yaml = "first";

  CopyTiering(TopicRegistry topics, HotTier hot, ColdTier cold) {
    this.topics = topics;
    this.hot = hot;
    this.cold = cold;
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

  @Override
  public List<PartitionRun> runNow(Optional<TopicId> topic, boolean trimAll) {
    List<PartitionRun> runs = new ArrayList<>();
    for (TopicPartition id : partitions(topic)) {
      OffsetRange moved = copy(id);
      if (trimAll) {
        long ignored = Await.result(hot.trim(id, moved.to()));
      }
      PartitionState state = hot.state(id);
      runs.add(
          new PartitionRun(
              id,
              moved,
              moved.span(),
              inTable(id).files().size(),
              inTable(id).bytes(),
              state.hotStart(),
              state.logStart(),
              Optional.empty()));
    }
    return runs;
  }

  private OffsetRange copy(TopicPartition id) {
    Await.result(hot.seal(id));
    long end = hot.state(id).end();
    ColdPartition table = inTable(id);
    OffsetRange range = new OffsetRange(table.tieredTo(), end);
    if (range.isEmpty()) {
      return range;
    }
    List<RecordBatch> batches = new ArrayList<>();
    for (long next = range.from(); next < end; ) {
      ReadResult.Progress read = (ReadResult.Progress) Await.result(hot.read(id, next, 1 << 20));
      batches.addAll(read.batches());
      next = read.nextOffset();
    }
    List<ColdFile> files =
        cold.write(id, range, batches.iterator(), new ColdWriteSettings(Compression.ZSTD))
            .map(List::of)
            .orElse(List.of());
    ColdCommit.Move move =
        new ColdCommit.Move(id.partition(), range.from(), end, table.logStart(), files, List.of());
    cold.commit(id.topic(), new ColdCommit(UUID.randomUUID(), List.of(move)));
    return range;
  }

  private List<TopicPartition> partitions(Optional<TopicId> topic) {
    return topics.list().stream()
        .filter(found -> topic.isEmpty() || found.id().equals(topic.get()))
        .flatMap(found -> found.partitions())
        .toList();
  }

  private ColdPartition inTable(TopicPartition id) {
    return cold.topic(id.topic())
        .map(table -> table.partition(id.partition()))
        .orElseGet(() -> ColdPartition.empty(id.partition()));
  }

  @Override
  public List<PolicyProblem> validate(String document) {
    return document.contains("bad")
        ? List.of(new PolicyProblem(1, 2, "policies[0].hot.retain", "has no unit"))
        : List.of();
  }

  @Override
  public PolicyPlan plan(Optional<String> document) {
    List<PolicyPlan.Action> actions =
        partitions(Optional.empty()).stream()
            .map(
                id ->
                    new PolicyPlan.Action(
                        PolicyPlan.Kind.DELETE, id, new OffsetRange(0, 7), 70, "retention.age 7d"))
            .toList();
    return new PolicyPlan(actions, List.of());
  }

  @Override
  public PolicyPlan apply(String document) {
    yaml = document;
    return plan(Optional.of(document));
  }

  @Override
  public void topicsChanged() {}

  @Override
  public String policies() {
    return yaml;
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
