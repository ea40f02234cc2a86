package io.thermocline.client.producer;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.Failure;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.GrpcFailures;
import io.thermocline.client.wire.Stream;
import io.thermocline.client.wire.WireBatch;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * Sends closed batches over one stream at a time and gives each its answer. A state machine without
 * a thread: whoever owns one calls {@link #step}.
 *
 * <p>Invariant: a batch is in exactly one place, the queue of its lane, among the lane's refused
 * ones, or sent and known by its request's number; it leaves by being answered once.
 */
final class Sender {
  private static final long LONGEST_REST_NANOS = Duration.ofHours(1).toNanos();

  private final ProducerOptions options;
  private final Accumulator accumulator;
  private final BufferBudget budget;
  private final ProduceConnection connection;
  private final BatchMaker maker;

  /** Empty when the producer is not idempotent. */
  private final Optional<IdentitySource> identities;

  private final LongSupplier nanoTime;
  private final Runnable wake;

  /** What the transport's threads report, taken by the next step. */
  private final Queue<Runnable> reports = new ConcurrentLinkedQueue<>();

  private final Map<PartitionName, Lane> lanes = new HashMap<>();

  /**
   * When a batch of some lane expires or its pause ends, or earlier. All lanes are looked at only
   * then: with a thousand of them and an answer for each step that would be most of the work.
   */
  private long lanesDueNanos;

  /** Lanes with something queued, in the order of their turns. */
  private final Set<Lane> turns = new LinkedHashSet<>();

  private final Map<Long, ProducerBatch> sent = new HashMap<>();
  private long lastRequestId;

  private boolean stopped;

  Sender(
      ProducerOptions options,
      Accumulator accumulator,
      BatchMaker maker,
      BufferBudget budget,
      Stream.Opener<ProduceRequest, ProduceResponse> opener,
      ProducerIdentity.Giver giver,
      LongSupplier nanoTime,
      Runnable wake) {
    this.options = options;
    this.accumulator = accumulator;
    this.budget = budget;
    this.maker = maker;
    this.connection =
        new ProduceConnection(opener, nanoTime, this::report, wake, this::answered, this::lost);
    this.identities =
        options.idempotence() ? Optional.of(new IdentitySource(giver)) : Optional.empty();
    this.nanoTime = nanoTime;
    this.wake = wake;
    this.lanesDueNanos = nanoTime.getAsLong();
  }

  /**
   * Does all that can be done now.
   *
   * @return nanoseconds after which there may be more to do by itself
   */
  long step() {
    for (Runnable report = reports.poll(); report != null; report = reports.poll()) {
      report.run();
    }
    accumulator.take(this::gathersFor).forEach(this::enqueue);
    long now = nanoTime.getAsLong();
    if (now - lanesDueNanos >= 0) {
      expire(now);
      lanesDueNanos = now + LONGEST_REST_NANOS;
      lanes.values().forEach(lane -> noteDue(lane, now));
    }
    if (!turns.isEmpty()) {
      identities.ifPresent(source -> source.want(now, this::report, this::identityRefused));
      connection.connect(now);
    }
    sendWhatFits(now);
    return nanosToWait(now);
  }

  /** Answers everything that is left with {@code why}, by what became of it, and ends. */
  void stop(Failure why) {
    stopped = true;
    try {
      lanes.values().forEach(lane -> lane.stop(why));
      turns.clear();
      endStream(why);
      sent.clear();
    } finally {
      accumulator.takeUnanswered().forEach(batch -> failLeft(batch, why));
      maker.close();
      connection.close();
    }
  }

  /**
   * What reached no lane, or was lost by one that broke: only what was never sent surely failed.
   */
  private void failLeft(ProducerBatch batch, Failure why) {
    fail(batch, batch.wasSent() ? why.outcomeUnknown() : why.notApplied());
  }

  private void endStream(Failure why) {
    if (sent.isEmpty()) {
      connection.halfClose();
    } else {
      connection.cancel(why.message());
    }
  }

  private boolean gathersFor(PartitionName partition) {
    Lane lane = lanes.get(partition);
    return lane != null && lane.gathers();
  }

  private void enqueue(ProducerBatch batch) {
    Lane lane = lanes.computeIfAbsent(batch.partition(), this::newLane);
    enqueue(lane, batch);
    takeTurn(lane);
  }

  private void enqueue(Lane lane, ProducerBatch batch) {
    if (make(batch)) {
      lane.enqueue(batch);
    }
  }

  /** A batch that can't be made, for want of memory or of a native library, fails alone. */
  private boolean make(ProducerBatch batch) {
    try {
      maker.make(batch);
      return true;
    } catch (RuntimeException | Error e) {
      Failure why = Failure.of(ErrorKind.INTERNAL, "The batch could not be made: " + e, e);
      fail(batch, why.notApplied());
      return false;
    }
  }

  /** A lane where records gather no longer takes what did. */
  private void refill(Lane lane) {
    if (!lane.gathers()) {
      accumulator.takeParked(lane.partition()).ifPresent(batch -> enqueue(lane, batch));
    }
  }

  private Lane newLane(PartitionName partition) {
    long now = nanoTime.getAsLong();
    Duration timeout = options.deliveryTimeout();
    return identities.isPresent()
        ? new SequencedLane(partition, now, timeout, this::fail, identities.get())
        : new MarkedLane(partition, now, timeout, this::fail);
  }

  private void sendWhatFits(long now) {
    int passed = 0;
    while (passed < turns.size() && connection.isReady()) {
      Iterator<Lane> first = turns.iterator();
      Lane lane = first.next();
      first.remove();
      if (lane.maySend(now, options.maxInFlightBatches())) {
        send(lane);
        passed = 0;
      } else {
        passed++;
      }
      refill(lane);
      if (lane.hasQueued()) {
        turns.add(lane);
      }
    }
  }

  private void send(Lane lane) {
    ProduceRequest.Builder request = ProduceRequest.newBuilder();
    ProducerBatch batch = lane.send(request);
    long requestId = ++lastRequestId;
    sent.put(requestId, batch);
    batch.expectedOffset().ifPresent(request::setExpectedOffset);
    batch.fenceToken().ifPresent(request::setFenceToken);
    connection.send(
        request
            .setRequestId(requestId)
            .setTopic(lane.partition().topic())
            .setPartition(lane.partition().partition())
            .setBatch(WireBatch.toProto(batch.content()))
            .build());
  }

  private void answered(ProduceResponse answer) {
    ProducerBatch batch = sent.remove(answer.getRequestId());
    if (batch == null) {
      connection.abandon(
          Failure.of(
              ErrorKind.TRANSIENT,
              "The server answered request %d, which waits for no answer."
                  .formatted(answer.getRequestId())));
      return;
    }
    connection.worked();
    long now = nanoTime.getAsLong();
    Lane lane = lanes.get(batch.partition());
    if (answer.hasError()) {
      lane.refused(batch, GrpcFailures.of(answer.getError()), now);
    } else {
      lane.acknowledged(batch, now);
      succeed(batch, answer);
    }
    takeTurn(lane);
  }

  /** The stream is over: nothing that was sent gets its answer any more. */
  private void lost(Failure why) {
    sent.clear();
    boolean hopeless =
        why.kind() == ErrorKind.UNSUPPORTED
            || why.kind() == ErrorKind.INVALID
            || why.kind() == ErrorKind.FAILED_PRECONDITION;
    for (Lane lane : lanes.values()) {
      lane.streamClosed(why);
      if (hopeless) {
        lane.failQueued(why);
      }
      takeTurn(lane);
    }
  }

  private void identityRefused(Failure why) {
    for (Lane lane : lanes.values()) {
      lane.identityRefused(why);
      takeTurn(lane);
    }
  }

  /** Something became of a lane. It has its place among the turns while it has anything queued. */
  private void takeTurn(Lane lane) {
    refill(lane);
    noteDue(lane, nanoTime.getAsLong());
    if (lane.hasQueued()) {
      turns.add(lane);
    } else {
      turns.remove(lane);
    }
  }

  private void noteDue(Lane lane, long now) {
    long wait = lane.nanosUntilNext(now);
    if (wait < lanesDueNanos - now) {
      lanesDueNanos = now + wait;
    }
  }

  /** An answer that does not come in time ends the stream; then what is too old is given up. */
  private void expire(long now) {
    if (connection.isOpen() && lanes.values().stream().anyMatch(lane -> lane.isOverdue(now))) {
      connection.abandon(
          Failure.of(
              ErrorKind.DEADLINE_EXCEEDED, "No answer within " + options.deliveryTimeout() + "."));
    }
    for (Lane lane : lanes.values()) {
      if (lane.hasQueued()) {
        lane.expire(now, this::reason);
        if (!lane.hasQueued()) {
          takeTurn(lane);
        }
      }
    }
  }

  /** What may have kept batches from being sent. */
  private String reason() {
    Failure identity = identities.map(IdentitySource::failure).orElse(null);
    Failure why = identity == null ? connection.lastFailure() : identity;
    return why == null ? "" : " " + why.message();
  }

  private void succeed(ProducerBatch batch, ProduceResponse answer) {
    leave(batch);
    batch.succeed(answer.getBaseOffset(), answer.getAppendTime());
  }

  private void fail(ProducerBatch batch, ClientException problem) {
    leave(batch);
    batch.fail(problem);
  }

  private void leave(ProducerBatch batch) {
    budget.giveBack(batch.reservedBytes());
    accumulator.forget(batch);
  }

  private long nanosToWait(long now) {
    long wait = accumulator.nanosUntilDue();
    if (!turns.isEmpty()) {
      wait = Math.min(wait, connection.nanosUntilConnect(now));
      if (identities.isPresent()) {
        wait = Math.min(wait, identities.get().nanosUntilNext(now));
      }
    }
    return Math.min(wait, Math.max(0, lanesDueNanos - now));
  }

  private void report(Runnable event) {
    reports.add(
        () -> {
          if (!stopped) {
            event.run();
          }
        });
    wake.run();
  }
}
