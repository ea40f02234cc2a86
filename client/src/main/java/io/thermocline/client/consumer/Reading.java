package io.thermocline.client.consumer;

import io.thermocline.client.consumer.FetchSession.Taken;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.WireBatch;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Tier;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A response being handed out, some batches at a time. For the consumer's thread alone. */
final class Reading {
  /** Uncompressed bytes after which a poll is enough. */
  private static final long POLL_BYTES = 1 << 20;

  private final Taken taken;
  private int nextBatch;

  Reading(Taken taken) {
    this.taken = taken;
  }

  Taken taken() {
    return taken;
  }

  Subscription subscription() {
    return taken.subscription();
  }

  PartitionName partition() {
    return subscription().name();
  }

  /** Whether all its batches were taken. */
  boolean isOver() {
    return nextBatch == response().getBatchesCount();
  }

  /** Damaged records, which lie before or between its batches. */
  List<OffsetRange> lost() {
    return response().getLostList().stream()
        .map(range -> new OffsetRange(range.getFrom(), range.getTo()))
        .toList();
  }

  /**
   * Takes about a megabyte of its batches.
   *
   * @throws ReadFailedException when one of them is not what the producer sent; then all of it is
   *     of no use
   */
  List<ConsumerBatch> batches(BatchDecoder decoder) {
    List<ConsumerBatch> batches = new ArrayList<>();
    Tier tier = WireBatch.tierOf(response().getTier());
    long bytes = 0;
    while (bytes < POLL_BYTES && !isOver()) {
      RecordBatch batch = response().getBatches(nextBatch);
      batches.add(new ConsumerBatch(partition(), tier, batch, wanted(), decoder));
      bytes += batch.getUncompressedSize();
      nextBatch++;
    }
    return batches;
  }

  /** One past what was taken so far; once it is over, where the next response begins. */
  long next() {
    if (isOver()) {
      return response().getNextOffset();
    }
    RecordBatch last = response().getBatches(nextBatch - 1);
    return last.getBaseOffset() + last.getLastOffsetDelta() + 1;
  }

  /** A start by time is found in the first batch, and no record after it is left out. */
  private Wanted wanted() {
    Wanted all = taken.wanted();
    return nextBatch == 0 ? all : new Wanted(all.from(), all.to(), OptionalLong.empty());
  }

  private FetchResponse response() {
    return taken.response();
  }
}
