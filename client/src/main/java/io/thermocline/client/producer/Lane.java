package io.thermocline.client.producer;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.Backoff;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * One partition's batches at the sender, in order: sent and unanswered, then those refused together
 * and waiting for what becomes of them, then those queued to be sent.
 *
 * <p>After a refusal nothing more is sent until every batch that was already out has been answered
 * too; only then it is decided what goes back to the front of the queue and what fails. How the
 * server is kept from storing past a refused batch, and what is known of one whose answer was lost,
 * is what the two kinds differ in.
 */
abstract class Lane {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

  /** One that is being forced, one that is next, one each way. */
  private static final int MAX_PARTIAL_IN_FLIGHT = 4;

  private final PartitionName partition;
  private final Duration deliveryTimeout;
  private final BiConsumer<ProducerBatch, ClientException> failures;
  private final Deque<ProducerBatch> queued = new ArrayDeque<>();
  private final Deque<ProducerBatch> sent = new ArrayDeque<>();

  /** In the order of their answers. */
  private final List<Refusal> refused = new ArrayList<>();

  private long numbered;
  private long notBeforeNanos;
  private int attempts;

  /** Why it pauses; null once a batch was stored. */
  private Failure pausedFor;

  /** A batch that was refused, and why. */
  record Refusal(ProducerBatch batch, Failure why) {}

  /**
   * @param failures is told of each batch that failed, once
   */
  Lane(
      PartitionName partition,
      long nowNanos,
      Duration deliveryTimeout,
      BiConsumer<ProducerBatch, ClientException> failures) {
    this.partition = partition;
    this.notBeforeNanos = nowNanos;
    this.deliveryTimeout = deliveryTimeout;
    this.failures = failures;
  }

  final PartitionName partition() {
    return partition;
  }

  final void enqueue(ProducerBatch batch) {
    batch.setNumber(numbered++);
    queued.add(batch);
  }

  final boolean hasQueued() {
    return !queued.isEmpty();
  }

  /**
   * Whether records gather rather than go out in a batch that is not full: while others are queued,
   * as it would only wait behind them, or enough are out, as in Nagle's algorithm (RFC 896). So the
   * more there is to do for each request, the more records share one.
   */
  final boolean gathers() {
    return !queued.isEmpty() || sent.size() >= MAX_PARTIAL_IN_FLIGHT;
  }

  /**
   * Whether a batch may be sent now.
   *
   * @param maxInFlight how many may be out, counted from the oldest without an answer
   */
  boolean maySend(long nowNanos, int maxInFlight) {
    return refused.isEmpty()
        && !queued.isEmpty()
        && (sent.isEmpty() || queued.peek().number() - sent.peek().number() < maxInFlight)
        && nowNanos - notBeforeNanos >= 0;
  }

  /** Nanoseconds until a pause ends or a batch expires; the largest long when nothing will. */
  final long nanosUntilNext(long nowNanos) {
    long wait = Long.MAX_VALUE;
    if (!queued.isEmpty()) {
      wait = nanosToLive(queued.peek(), nowNanos);
      if (notBeforeNanos - nowNanos > 0) {
        wait = Math.min(wait, notBeforeNanos - nowNanos);
      }
    }
    return sent.isEmpty() ? wait : Math.min(wait, nanosToLive(sent.peek(), nowNanos));
  }

  /** Takes the next batch to send, and says in its request what goes with it. */
  final ProducerBatch send(ProduceRequest.Builder request) {
    ProducerBatch batch = queued.remove();
    batch.setSent();
    sent.add(batch);
    mark(batch, request);
    return batch;
  }

  /** Whether a batch is out that should have been answered by now. */
  final boolean isOverdue(long nowNanos) {
    return !sent.isEmpty() && isExpired(sent.peek(), nowNanos);
  }

  /** A batch is stored. */
  final void acknowledged(ProducerBatch batch, long nowNanos) {
    sent.remove(batch);
    attempts = 0;
    pausedFor = null;
    settleIfAnswered(nowNanos);
  }

  /** A batch was refused, or the server does not know its outcome. */
  final void refused(ProducerBatch batch, Failure why, long nowNanos) {
    sent.remove(batch);
    note(new Refusal(batch, why), nowNanos);
    settleIfAnswered(nowNanos);
  }

  /** The stream is over: no more answers come. */
  abstract void streamClosed(Failure why);

  /**
   * Fails what has been here for too long. Nothing that is out may be overdue.
   *
   * @param reason what kept it from being sent; may be empty
   */
  abstract void expire(long nowNanos, Supplier<String> reason);

  /** Fails all that is not out: sending it is hopeless. */
  abstract void failQueued(Failure why);

  /** The server gives out no identity: fails what can't be sent without one. */
  void identityRefused(Failure why) {}

  /** Fails everything. */
  final void stop(Failure why) {
    streamClosed(why);
    failQueued(why);
  }

  /** Says in a request what its batch demands. */
  abstract void mark(ProducerBatch batch, ProduceRequest.Builder request);

  /** Keeps a refusal until all is answered, see {@link #keep}, or fails its batch at once. */
  abstract void note(Refusal refusal, long nowNanos);

  /** Decides what becomes of the refused, now that nothing is out. */
  abstract void settle(List<Refusal> inOrder, long nowNanos);

  final void keep(Refusal refusal) {
    refused.add(refusal);
  }

  /** Refused and kept, in the order of the batches; they are the caller's now. */
  final List<Refusal> takeRefused() {
    List<Refusal> taken = new ArrayList<>(refused);
    taken.sort(Comparator.comparingLong(refusal -> refusal.batch().number()));
    refused.clear();
    return taken;
  }

  /** What is out and unanswered, in order; it is the caller's now. */
  final List<ProducerBatch> takeSent() {
    List<ProducerBatch> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  final Deque<ProducerBatch> queue() {
    return queued;
  }

  /** Puts batches, in order, to the front of the queue. */
  final void requeue(List<ProducerBatch> inOrder) {
    for (int i = inOrder.size() - 1; i >= 0; i--) {
      queued.addFirst(inOrder.get(i));
    }
  }

  /** Sends nothing for a while: longer each time, until a batch is stored. */
  final void pause(long nowNanos, Failure why) {
    pausedFor = why;
    notBeforeNanos = nowNanos + BACKOFF.pause(attempts++, why.retryAfter()).toNanos();
  }

  /** Whether no batch was stored since the last pause. */
  final boolean hasPaused() {
    return attempts > 0;
  }

  final void fail(ProducerBatch batch, ClientException why) {
    failures.accept(batch, why);
  }

  /** What those are told that came behind a refused batch. */
  final NotAppliedException behind(Failure why) {
    return Failure.of(
            ErrorKind.PRIOR_BATCH_REFUSED,
            "An earlier batch of " + partition + " failed: " + why.message())
        .notApplied();
  }

  final boolean isExpired(ProducerBatch batch, long nowNanos) {
    return nanosToLive(batch, nowNanos) == 0;
  }

  final Failure late(String what, Supplier<String> reason) {
    String why =
        pausedFor == null ? reason.get() : " The server's last answer: " + pausedFor.message();
    return Failure.of(
        ErrorKind.DEADLINE_EXCEEDED,
        what + " within the delivery timeout of " + deliveryTimeout + "." + why);
  }

  private long nanosToLive(ProducerBatch batch, long nowNanos) {
    return Math.max(0, batch.createdNanos() + deliveryTimeout.toNanos() - nowNanos);
  }

  private void settleIfAnswered(long nowNanos) {
    if (sent.isEmpty()) {
      settle(takeRefused(), nowNanos);
    }
  }
}
