package io.thermocline.client.producer;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.Failure;
import io.thermocline.client.record.PartitionName;
import io.thermocline.proto.v1.ProduceRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The lane of a producer that is not idempotent. The server tells no repeats, so a batch whose
 * answer was lost is never sent again. It keeps later batches of a stream behind a refused one by
 * itself, until one carries the restart mark.
 */
final class MarkedLane extends Lane {
  /** Why a batch of the stream was refused, and others after it; null when none was. */
  private Failure refusal;

  private boolean restart;

  MarkedLane(
      PartitionName partition,
      long nowNanos,
      Duration deliveryTimeout,
      BiConsumer<ProducerBatch, ClientException> failures) {
    super(partition, nowNanos, deliveryTimeout, failures);
  }

  @Override
  boolean maySend(long nowNanos, int maxInFlight) {
    return refusal == null && super.maySend(nowNanos, maxInFlight);
  }

  @Override
  void mark(ProducerBatch batch, ProduceRequest.Builder request) {
    request.setRestart(restart);
    restart = false;
  }

  @Override
  void note(Refusal refused, long nowNanos) {
    Failure why = refused.why();
    boolean first = refusal == null;
    if (first) {
      refusal = why;
    }
    boolean givenUp = first && (!why.retriable() || isExpired(refused.batch(), nowNanos));
    if (givenUp || !why.isNotApplied()) {
      fail(refused.batch(), why.write());
    } else {
      keep(refused);
    }
  }

  @Override
  void settle(List<Refusal> inOrder, long nowNanos) {
    if (refusal == null) {
      return;
    }
    if (refusal.retriable()) {
      requeue(inOrder.stream().map(Refusal::batch).toList());
      pause(nowNanos, refusal);
    } else {
      inOrder.forEach(refused -> fail(refused.batch(), behind(refusal)));
    }
    refusal = null;
    restart = true;
  }

  @Override
  void streamClosed(Failure why) {
    Failure lost =
        why.withMessage(
            "The connection ended before the answer came: it may be stored. " + why.message());
    takeSent().forEach(batch -> fail(batch, lost.outcomeUnknown()));
    requeue(takeRefused().stream().map(Refusal::batch).toList());
    refusal = null;
    restart = false;
  }

  @Override
  void expire(long nowNanos, Supplier<String> reason) {
    while (hasQueued() && isExpired(queue().peek(), nowNanos)) {
      fail(queue().remove(), late("Not sent", reason).notApplied());
    }
  }

  @Override
  void failQueued(Failure why) {
    while (hasQueued()) {
      fail(queue().remove(), why.notApplied());
    }
  }
}
