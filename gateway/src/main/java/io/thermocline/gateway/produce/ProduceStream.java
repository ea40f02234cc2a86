package io.thermocline.gateway.produce;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.stream.NamedPartition;
import io.thermocline.gateway.stream.OpenStreams;
import io.thermocline.gateway.stream.SerialExecutor;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.Compression;
import io.thermocline.proto.v1.ProduceResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One Produce call. Batches go to the hot tier in the order they came; answers go back as each is
 * durable.
 *
 * <p>gRPC hands in one message at a time, on the connection's event loop. A small batch is handed
 * on right there; a large or compressed one, whose checks take long, on the pool, and so is all
 * that comes behind it before it is done. Answers come on threads of the hot tier, so everything
 * they touch is guarded by {@code this}, never while a batch is handed on. The next message is
 * asked for only while the peer takes answers and what waits for one is within the stream's window
 * and the server's budget: a stream that is not asked for more is held back by its connection.
 *
 * <p>Behind a refused batch, later ones of its partition must not be stored. A batch that says its
 * sequence is kept from that by the gap, wherever it comes from; for those without one the stream's
 * {@link WriteOrder} remembers what was refused, and keeps back what depends on an answer.
 */
public final class ProduceStream implements StreamObserver<ProduceMessage>, OpenStreams.Draining {
  /** Partitions of one call that may be in the refused state: more ends it. */
  private static final int MAX_REFUSED = 10_000;

  /** Checked in some ten microseconds. */
  private static final int MAX_BYTES_ON_EVENT_LOOP = 32 << 10;

  private final ServerCallStreamObserver<ProduceResponse> out;
  private final ProduceContext context;

  /** Batches are handed on one after the other, here or on the event loop. */
  private final SerialExecutor handing;

  private final WriteOrder order = new WriteOrder();

  private final Runnable whenFree = this::budgetFreed;
  private long unansweredBytes;
  private int unanswered;
  private boolean asked;
  private boolean waitsForBudget;
  private boolean halfClosed;
  private boolean draining;
  private boolean closed;

  /** Begins to serve a call that has just come. */
  public ProduceStream(ServerCallStreamObserver<ProduceResponse> out, ProduceContext context) {
    this.out = out;
    this.context = context;
    this.handing = new SerialExecutor(context.calls());
    out.disableAutoRequest();
    out.setOnReadyHandler(this::askForMore);
    out.setOnCancelHandler(this::close);
    context.open().add(this);
    askForMore();
  }

  @Override
  public void onNext(ProduceMessage message) {
    if (message.problem().isPresent()) {
      throw message.problem().get();
    }
    synchronized (this) {
      asked = false;
      if (closed) {
        return;
      }
      unanswered++;
      unansweredBytes += message.weight();
      context.budget().add(message.weight());
    }
    if (isLight(message) && handing.isIdle()) {
      hand(message);
    } else {
      handing.execute(() -> hand(message));
    }
    askForMore();
  }

  private static boolean isLight(ProduceMessage message) {
    return message.payload().remaining() <= MAX_BYTES_ON_EVENT_LOOP
        && message.head().getBatch().getCompression() == Compression.COMPRESSION_NONE;
  }

  private void hand(ProduceMessage message) {
    NamedPartition key =
        new NamedPartition(message.head().getTopic(), message.head().getPartition());
    synchronized (this) {
      if (!order.mayPass(key, message)) {
        return;
      }
    }
    handOn(key, message);
  }

  /** Hands on what has waited for an answer that is there now. */
  private void handWaiting(NamedPartition key) {
    for (Optional<ProduceMessage> next = next(key); next.isPresent(); next = next(key)) {
      handOn(key, next.get());
    }
  }

  private synchronized Optional<ProduceMessage> next(NamedPartition key) {
    return order.next(key);
  }

  private void handOn(NamedPartition key, ProduceMessage message) {
    var unused =
        append(key, message)
            .whenComplete((appended, failure) -> answer(key, message, appended, failure));
  }

  /** Hands a batch on, unless it is refused before that. */
  private CompletableFuture<Appended> append(NamedPartition key, ProduceMessage message) {
    try {
      TopicPartition id = context.topics().require(key.topic()).partition(key.partition());
      check(key, message);
      BatchContent content = message.content();
      return context.hot().append(id, content, message.conditions());
    } catch (RuntimeException | Error failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private synchronized void check(NamedPartition key, ProduceMessage message) {
    if (closed) {
      // Nobody hears of it; and if one is dropped, so must be those behind it.
      throw new ThermoclineException(ErrorKind.TRANSIENT, "The call is over");
    }
    if (!message.isSequenced()) {
      order.check(key, message.head().getRestart());
    }
  }

  private void answer(
      NamedPartition key, ProduceMessage message, Appended appended, Throwable failure) {
    boolean othersWait = false;
    try {
      count(message, failure);
      synchronized (this) {
        unanswered--;
        unansweredBytes -= message.weight();
        if (!message.isSequenced()) {
          othersWait = order.answered(key, failure != null);
        }
        if (!closed) {
          tell(message, appended, failure);
          endIfOver();
        }
      }
    } finally {
      if (othersWait) {
        handing.execute(() -> handWaiting(key));
      }
      context.budget().give(message.weight());
    }
    askForMore();
  }

  /** An answer that can't be made ends the call, or its batch would be waited for without end. */
  private void tell(ProduceMessage message, Appended appended, Throwable failure) {
    try {
      out.onNext(response(message, appended, failure));
    } catch (RuntimeException | Error unforeseen) {
      close();
      out.onError(unforeseen);
      throw unforeseen;
    }
  }

  /** What became of a batch counts whether or not somebody still hears of it. */
  private void count(ProduceMessage message, Throwable failure) {
    if (failure == null) {
      context.metrics().produced(message.payload().remaining());
    } else {
      context.metrics().refused(ErrorStatuses.kindOf(failure));
    }
  }

  private static ProduceResponse response(
      ProduceMessage message, Appended appended, Throwable failure) {
    ProduceResponse.Builder response =
        ProduceResponse.newBuilder().setRequestId(message.head().getRequestId());
    if (failure == null) {
      response.setBaseOffset(appended.baseOffset()).setAppendTime(appended.appendTimeMillis());
    } else {
      response.setError(ErrorStatuses.toProto(failure));
    }
    return response.build();
  }

  /** Asks for one more message if there is room for it. */
  private void askForMore() {
    synchronized (this) {
      boolean room = unansweredBytes < context.streams().produceWindowBytes() && out.isReady();
      if (closed || halfClosed || draining || asked || waitsForBudget || !room) {
        return;
      }
      if (!context.budget().take(0, whenFree)) {
        waitsForBudget = true;
        return;
      }
      asked = true;
    }
    out.request(1);
  }

  private void budgetFreed() {
    synchronized (this) {
      waitsForBudget = false;
    }
    askForMore();
  }

  @Override
  public synchronized void onCompleted() {
    halfClosed = true;
    endIfOver();
  }

  @Override
  public void onError(Throwable cancelled) {
    close();
  }

  @Override
  public synchronized void drain() {
    draining = true;
    endIfOver();
  }

  /** Ends the call once all that came is answered and no more is taken. */
  private void endIfOver() {
    if (closed) {
      return;
    }
    if (order.refused() > MAX_REFUSED) {
      close();
      out.onError(
          new ThermoclineException(
              ErrorKind.EXHAUSTED,
              "Batches of more than %d partitions were refused on this stream"
                  .formatted(MAX_REFUSED)));
    } else if (unanswered == 0 && halfClosed) {
      close();
      out.onCompleted();
    } else if (unanswered == 0 && draining) {
      close();
      out.onError(
          new ThermoclineException(
              ErrorKind.TRANSIENT, "The server is shutting down: produce again elsewhere"));
    }
  }

  /** What is still with the hot tier gives its bytes back when it is done. */
  private synchronized void close() {
    closed = true;
    context.budget().forget(whenFree);
    context.open().remove(this);
  }
}
