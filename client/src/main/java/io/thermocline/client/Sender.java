package io.thermocline.client;

import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
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
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

  private final ProducerOptions options;
  private final Accumulator accumulator;
  private final BufferBudget budget;
  private final Stream.Opener<ProduceRequest, ProduceResponse> opener;
  private final LongSupplier nanoTime;
  private final Runnable wake;

  /** What the transport's threads report, taken by the next step. */
  private final Queue<Runnable> reports = new ConcurrentLinkedQueue<>();

  private final Map<PartitionName, Lane> lanes = new HashMap<>();

  /** Lanes with something queued, in the order of their turns. */
  private final Set<Lane> turns = new LinkedHashSet<>();

  private final Map<Long, ProducerBatch> sent = new HashMap<>();
  private long lastRequestId;

  /** Null between streams. */
  private Stream<ProduceRequest> stream;

  private Failure lastStreamFailure;
  private long reconnectAtNanos;
  private int reconnects;
  private boolean stopped;

  Sender(
      ProducerOptions options,
      Accumulator accumulator,
      BufferBudget budget,
      Stream.Opener<ProduceRequest, ProduceResponse> opener,
      LongSupplier nanoTime,
      Runnable wake) {
    this.options = options;
    this.accumulator = accumulator;
    this.budget = budget;
    this.opener = opener;
    this.nanoTime = nanoTime;
    this.wake = wake;
    this.reconnectAtNanos = nanoTime.getAsLong();
  }

  /**
   * Does all that can be done now.
   *
   * @return nanoseconds after which there is more to do by itself; the largest long for never
   */
  long step() {
    for (Runnable report = reports.poll(); report != null; report = reports.poll()) {
      report.run();
    }
    takeClosed(false);
    long now = nanoTime.getAsLong();
    expire(now);
    if (!turns.isEmpty() && stream == null && now - reconnectAtNanos >= 0) {
      connect();
    }
    sendWhatFits(now);
    return nanosToWait(now);
  }

  /** Answers everything that is left with {@code why}, by what became of it, and ends. */
  void stop(Failure why) {
    stopped = true;
    takeClosed(true);
    for (Lane lane : lanes.values()) {
      lane.streamClosed().forEach(batch -> fail(batch, new OutcomeUnknownException(why)));
      lane.takeQueued(0, true).forEach(batch -> fail(batch, new NotAppliedException(why)));
    }
    turns.clear();
    if (stream != null) {
      if (sent.isEmpty()) {
        stream.halfClose();
      } else {
        stream.cancel(why.message());
      }
      stream = null;
    }
    sent.clear();
  }

  private void takeClosed(boolean all) {
    for (ProducerBatch batch : accumulator.take(all)) {
      accumulator.recycle(batch.build(options.compression()));
      Lane lane =
          lanes.computeIfAbsent(batch.partition(), name -> new Lane(name, nanoTime.getAsLong()));
      lane.enqueue(batch);
      turns.add(lane);
    }
  }

  private void connect() {
    Reports events = new Reports();
    Stream<ProduceRequest> opened = opener.open(events);
    stream = opened;
    events.of = opened;
  }

  private void sendWhatFits(long now) {
    int passed = 0;
    while (stream != null && passed < turns.size() && stream.isReady()) {
      Iterator<Lane> first = turns.iterator();
      Lane lane = first.next();
      first.remove();
      if (lane.maySend(now, options.maxInFlightBatches())) {
        send(lane);
        passed = 0;
      } else {
        passed++;
      }
      if (lane.hasQueued()) {
        turns.add(lane);
      }
    }
  }

  private void send(Lane lane) {
    boolean restart = lane.takeRestart();
    ProducerBatch batch = lane.send();
    long requestId = ++lastRequestId;
    sent.put(requestId, batch);
    stream.send(
        ProduceRequest.newBuilder()
            .setRequestId(requestId)
            .setTopic(lane.partition().topic())
            .setPartition(lane.partition().partition())
            .setRestart(restart)
            .setBatch(WireBatch.toProto(batch.content()))
            .build());
  }

  private void answered(ProduceResponse answer) {
    ProducerBatch batch = sent.remove(answer.getRequestId());
    if (batch == null) {
      stream.cancel("answer to request " + answer.getRequestId() + ", which waits for none");
      return;
    }
    reconnects = 0;
    Lane lane = lanes.get(batch.partition());
    if (!answer.hasError()) {
      lane.acknowledged(batch);
      succeed(batch, answer);
    } else {
      refused(lane, batch, Failure.of(answer.getError()));
    }
    if (lane.isSettled()) {
      settle(lane);
    }
  }

  private void refused(Lane lane, ProducerBatch batch, Failure why) {
    if (!lane.refused(batch, why, isExpired(batch, nanoTime.getAsLong()))) {
      fail(batch, why.write());
    }
  }

  private void settle(Lane lane) {
    Failure why = lane.refusal();
    if (why.retriable()) {
      Duration pause = BACKOFF.pause(lane.nextAttempt(), why.retryAfter());
      lane.resend(nanoTime.getAsLong() + pause.toNanos());
      if (lane.hasQueued()) {
        turns.add(lane);
      }
      return;
    }
    for (ProducerBatch batch : lane.giveUpRefused()) {
      Failure follow =
          Failure.of(
              ErrorKind.PRIOR_BATCH_REFUSED,
              "An earlier batch of " + lane.partition() + " was refused: " + why.message());
      fail(batch, new NotAppliedException(follow));
    }
  }

  private void closed(Failure why) {
    stream = null;
    lastStreamFailure = why;
    reconnectAtNanos =
        nanoTime.getAsLong() + BACKOFF.pause(reconnects++, why.retryAfter()).toNanos();
    sent.clear();
    boolean hopeless =
        why.kind() == ErrorKind.UNSUPPORTED
            || why.kind() == ErrorKind.INVALID
            || why.kind() == ErrorKind.FAILED_PRECONDITION;
    for (Lane lane : lanes.values()) {
      for (ProducerBatch batch : lane.streamClosed()) {
        String message =
            "The connection ended before the answer came: it may be stored. " + why.message();
        fail(batch, new OutcomeUnknownException(why.withMessage(message)));
      }
      if (hopeless) {
        lane.takeQueued(0, true).forEach(batch -> fail(batch, new NotAppliedException(why)));
      }
      if (lane.hasQueued()) {
        turns.add(lane);
      } else {
        turns.remove(lane);
      }
    }
  }

  /** What was not sent in time surely failed; an answer that does not come ends the stream. */
  private void expire(long now) {
    long createdBefore = now - options.deliveryTimeout().toNanos();
    boolean overdue = false;
    for (Lane lane : lanes.values()) {
      ProducerBatch oldest = lane.oldestSent();
      overdue |= oldest != null && isExpired(oldest, now);
      for (ProducerBatch batch : lane.takeQueued(createdBefore, false)) {
        fail(batch, new NotAppliedException(notSentInTime()));
      }
      if (!lane.hasQueued()) {
        turns.remove(lane);
      }
    }
    if (overdue && stream != null) {
      Stream<ProduceRequest> hung = stream;
      closed(
          Failure.of(
              ErrorKind.DEADLINE_EXCEEDED, "No answer within " + options.deliveryTimeout() + "."));
      hung.cancel("no answer within the delivery timeout");
    }
  }

  private boolean isExpired(ProducerBatch batch, long now) {
    return now - batch.createdNanos() >= options.deliveryTimeout().toNanos();
  }

  private Failure notSentInTime() {
    String reason = lastStreamFailure == null ? "" : " " + lastStreamFailure.message();
    return Failure.of(
        ErrorKind.DEADLINE_EXCEEDED,
        "Not sent within the delivery timeout of " + options.deliveryTimeout() + "." + reason);
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
    if (!turns.isEmpty() && stream == null) {
      wait = Math.min(wait, Math.max(0, reconnectAtNanos - now));
    }
    long timeout = options.deliveryTimeout().toNanos();
    for (Lane lane : lanes.values()) {
      wait = Math.min(wait, lane.nanosUntilNext(now, timeout));
    }
    return wait;
  }

  /**
   * Brings what one stream reports to the thread that steps; news of an older stream is dropped.
   */
  private final class Reports implements Stream.Events<ProduceResponse> {
    private volatile Stream<ProduceRequest> of;

    @Override
    public void ready() {
      wake.run();
    }

    @Override
    public void message(ProduceResponse message) {
      report(() -> answered(message));
    }

    @Override
    public void closed(Failure failure) {
      report(() -> Sender.this.closed(failure));
    }

    private void report(Runnable event) {
      reports.add(
          () -> {
            if (!stopped && stream != null && stream == of) {
              event.run();
            }
          });
      wake.run();
    }
  }
}
