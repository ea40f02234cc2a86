package io.thermocline.gateway;

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

/** Another hot tier, so that a test can step in between. */
class ForwardingHotTier implements HotTier {
  private final HotTier hot;

  ForwardingHotTier(HotTier hot) {
    this.hot = hot;
  }

  @Override
  public Capabilities capabilities() {
    return hot.capabilities();
  }

  @Override
  public CompletableFuture<Appended> append(
      TopicPartition id, BatchContent batch, AppendConditions conditions) {
    return hot.append(id, batch, conditions);
  }

  @Override
  public long fence(TopicPartition id) {
    return hot.fence(id);
  }

  @Override
  public CompletableFuture<Long> raiseFence(TopicPartition id, long expected, long token) {
    return hot.raiseFence(id, expected, token);
  }

  @Override
  public CompletableFuture<ReadResult> read(TopicPartition id, long from, int maxBytes) {
    return hot.read(id, from, maxBytes);
  }

  @Override
  public void giveBack(List<RecordBatch> batches) {
    hot.giveBack(batches);
  }

  @Override
  public PartitionState state(TopicPartition id) {
    return hot.state(id);
  }

  @Override
  public CompletableFuture<Long> awaitBeyond(TopicPartition id, long offset) {
    return hot.awaitBeyond(id, offset);
  }

  @Override
  public CompletableFuture<Optional<OffsetAndTimestamp>> offsetForTimestamp(
      TopicPartition id, long from, long timestampMillis) {
    return hot.offsetForTimestamp(id, from, timestampMillis);
  }

  @Override
  public CompletableFuture<Optional<OffsetAndTimestamp>> maxTimestamp(
      TopicPartition id, long from) {
    return hot.maxTimestamp(id, from);
  }

  @Override
  public List<Span> spans(TopicPartition id) {
    return hot.spans(id);
  }

  @Override
  public CompletableFuture<Void> seal(TopicPartition id) {
    return hot.seal(id);
  }

  @Override
  public CompletableFuture<Long> trim(TopicPartition id, long upTo) {
    return hot.trim(id, upTo);
  }

  @Override
  public CompletableFuture<Long> advanceLogStart(TopicPartition id, long logStart) {
    return hot.advanceLogStart(id, logStart);
  }

  @Override
  public void segmentLimits(TopicPartition id, SegmentLimits limits) {
    hot.segmentLimits(id, limits);
  }
}
