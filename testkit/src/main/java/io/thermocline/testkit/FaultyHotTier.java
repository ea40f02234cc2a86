package io.thermocline.testkit;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Span;
import io.thermocline.model.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A hot tier with faults in front of it. */
public final class FaultyHotTier implements HotTier {
  /** What can fail. */
  public enum Call {
    APPEND,
    READ,
    TIMESTAMP,
    AWAIT,
    STATE,
    SPANS,
    SEAL,
    TRIM,
    LOG_START,
    FENCE
  }

  private final HotTier real;
  private final FaultSchedule<Call> faults;

  /** Puts {@code faults} in front of {@code real}. */
  public FaultyHotTier(HotTier real, FaultSchedule<Call> faults) {
    this.real = real;
    this.faults = faults;
  }

  @Override
  public Capabilities capabilities() {
    return real.capabilities();
  }

  @Override
  public CompletableFuture<Appended> append(
      TopicPartition id, BatchContent batch, AppendConditions conditions) {
    return faults.changeLater(Call.APPEND, () -> real.append(id, batch, conditions));
  }

  @Override
  public long fence(TopicPartition id) {
    return faults.look(Call.STATE, () -> real.fence(id));
  }

  @Override
  public CompletableFuture<Long> raiseFence(TopicPartition id, long expected, long token) {
    return faults.changeLater(Call.FENCE, () -> real.raiseFence(id, expected, token));
  }

  @Override
  public CompletableFuture<ReadResult> read(TopicPartition id, long from, int maxBytes) {
    return faults.lookLater(Call.READ, () -> real.read(id, from, maxBytes));
  }

  @Override
  public void giveBack(List<RecordBatch> batches) {
    real.giveBack(batches);
  }

  @Override
  public PartitionState state(TopicPartition id) {
    return faults.look(Call.STATE, () -> real.state(id));
  }

  @Override
  public CompletableFuture<Long> awaitBeyond(TopicPartition id, long offset) {
    return faults.lookLater(Call.AWAIT, () -> real.awaitBeyond(id, offset));
  }

  @Override
  public CompletableFuture<Optional<OffsetAndTimestamp>> offsetForTimestamp(
      TopicPartition id, long from, long timestampMillis) {
    return faults.lookLater(
        Call.TIMESTAMP, () -> real.offsetForTimestamp(id, from, timestampMillis));
  }

  @Override
  public CompletableFuture<Optional<OffsetAndTimestamp>> maxTimestamp(
      TopicPartition id, long from) {
    return faults.lookLater(Call.TIMESTAMP, () -> real.maxTimestamp(id, from));
  }

  @Override
  public List<Span> spans(TopicPartition id) {
    return faults.look(Call.SPANS, () -> real.spans(id));
  }

  @Override
  public CompletableFuture<Void> seal(TopicPartition id) {
    return faults.changeLater(Call.SEAL, () -> real.seal(id));
  }

  @Override
  public CompletableFuture<Long> trim(TopicPartition id, long upTo) {
    return faults.changeLater(Call.TRIM, () -> real.trim(id, upTo));
  }

  @Override
  public CompletableFuture<Long> advanceLogStart(TopicPartition id, long logStart) {
    return faults.changeLater(Call.LOG_START, () -> real.advanceLogStart(id, logStart));
  }

  @Override
  public void segmentLimits(TopicPartition id, SegmentLimits limits) {
    real.segmentLimits(id, limits);
  }
}
