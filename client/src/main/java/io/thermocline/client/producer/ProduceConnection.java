package io.thermocline.client.producer;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.wire.Backoff;
import io.thermocline.client.wire.Stream;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One produce stream after the other, and when the next is opened. All methods are called by the
 * sender's thread.
 */
final class ProduceConnection {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

  private final Stream.Opener<ProduceRequest, ProduceResponse> opener;
  private final LongSupplier nanoTime;
  private final Consumer<Runnable> report;
  private final Runnable ready;
  private final Consumer<ProduceResponse> answered;
  private final Consumer<Failure> lost;

  /** Null between streams. */
  private Stream<ProduceRequest> stream;

  private Failure lastFailure;
  private long reconnectAtNanos;
  private int reconnects;

  /**
   * @param report takes what the transport's threads have to tell to the sender's thread
   * @param ready told, on any thread, that the stream takes more
   * @param answered told what comes, on the sender's thread; nothing of an older stream
   * @param lost told that there is no stream any more, on the sender's thread
   */
  ProduceConnection(
      Stream.Opener<ProduceRequest, ProduceResponse> opener,
      LongSupplier nanoTime,
      Consumer<Runnable> report,
      Runnable ready,
      Consumer<ProduceResponse> answered,
      Consumer<Failure> lost) {
    this.opener = opener;
    this.nanoTime = nanoTime;
    this.report = report;
    this.ready = ready;
    this.answered = answered;
    this.lost = lost;
    this.reconnectAtNanos = nanoTime.getAsLong();
  }

  /** Opens a stream when there is none and its time has come. */
  void connect(long now) {
    if (stream == null && now - reconnectAtNanos >= 0) {
      Events events = new Events();
      Stream<ProduceRequest> opened = opener.open(events);
      stream = opened;
      events.of = opened;
    }
  }

  /** Whether there is a stream. */
  boolean isOpen() {
    return stream != null;
  }

  /** Whether there is a stream that takes another request. */
  boolean isReady() {
    return stream != null && stream.isReady();
  }

  /** Why the last stream ended; null when none has. */
  Failure lastFailure() {
    return lastFailure;
  }

  /** How long until {@link #connect} may open one; the largest long when there is one. */
  long nanosUntilConnect(long now) {
    return stream == null ? Math.max(0, reconnectAtNanos - now) : Long.MAX_VALUE;
  }

  /** Sends a request over the stream there is. */
  void send(ProduceRequest request) {
    stream.send(request);
  }

  /** The stream is of use: after it, the next is opened soon. */
  void worked() {
    reconnects = 0;
  }

  /** Ends the stream there is, and tells so, as if it had ended by itself. */
  void abandon(Failure why) {
    Stream<ProduceRequest> hung = stream;
    closed(why);
    hung.cancel(why.message());
  }

  /** Sends no more, where there is a stream, and tells nobody. */
  void halfClose() {
    if (stream != null) {
      Stream<ProduceRequest> last = stream;
      stream = null;
      last.halfClose();
    }
  }

  /** Ends the stream, where there is one, and tells nobody. */
  void cancel(String reason) {
    if (stream != null) {
      Stream<ProduceRequest> last = stream;
      stream = null;
      last.cancel(reason);
    }
  }

  /** Lets go of the connection. */
  void close() {
    opener.close();
  }

  private void closed(Failure why) {
    stream = null;
    lastFailure = why;
    reconnectAtNanos =
        nanoTime.getAsLong() + BACKOFF.pause(reconnects++, why.retryAfter()).toNanos();
    lost.accept(why);
  }

  /** Brings what one stream tells to the sender's thread; news of an older stream is dropped. */
  private final class Events implements Stream.Events<ProduceResponse> {
    private volatile Stream<ProduceRequest> of;

    @Override
    public void ready() {
      ready.run();
    }

    @Override
    public void message(ProduceResponse message) {
      reportOfThis(() -> answered.accept(message));
    }

    @Override
    public void closed(Failure failure) {
      reportOfThis(() -> ProduceConnection.this.closed(failure));
    }

    private void reportOfThis(Runnable event) {
      report.accept(
          () -> {
            if (stream != null && stream == of) {
              event.run();
            }
          });
    }
  }
}
