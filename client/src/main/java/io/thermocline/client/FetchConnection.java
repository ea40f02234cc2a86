package io.thermocline.client;

import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One fetch stream after the other: when the next is opened, and when that is given up. All methods
 * are called under the lock it was given, and so is whom it tells.
 */
final class FetchConnection {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

  private final Stream.Opener<FetchRequest, FetchResponse> opener;
  private final Duration retryTimeout;
  private final ReentrantLock lock;
  private final LongSupplier nanoTime;
  private final Consumer<FetchResponse> arrived;
  private final Runnable lost;

  /** Null between streams. */
  private Stream<FetchRequest> stream;

  /** What the stream brings; null between streams. */
  private Events current;

  private Failure lastFailure;
  private long reconnectAtNanos;
  private long disconnectedSinceNanos;
  private int reconnects;

  /**
   * @param retryTimeout after which an absent server is given up
   * @param arrived told what comes; nothing of an older stream once there is a newer one
   * @param lost told that there is no stream any more
   */
  FetchConnection(
      Stream.Opener<FetchRequest, FetchResponse> opener,
      Duration retryTimeout,
      ReentrantLock lock,
      LongSupplier nanoTime,
      Consumer<FetchResponse> arrived,
      Runnable lost) {
    this.opener = opener;
    this.retryTimeout = retryTimeout;
    this.lock = lock;
    this.nanoTime = nanoTime;
    this.arrived = arrived;
    this.lost = lost;
    this.reconnectAtNanos = nanoTime.getAsLong();
  }

  /**
   * Opens a stream when there is none and its time has come.
   *
   * @throws ReadFailedException when the server was away for too long, or it is hopeless
   */
  void connect(long now) {
    if (stream == null && lastFailure != null && !mayReconnect(now)) {
      Failure failure = lastFailure;
      lastFailure = null;
      reconnects = 0;
      throw failure.read();
    }
    if (stream == null && now - reconnectAtNanos >= 0) {
      Events events = new Events();
      current = events;
      Stream<FetchRequest> opened = opener.open(events);
      // A call that can't be made may be over by now, on this very thread.
      if (current == events) {
        stream = opened;
      }
    }
  }

  /** Whether there is a stream. */
  boolean isOpen() {
    return stream != null;
  }

  private boolean mayReconnect(long now) {
    boolean hopeless =
        switch (lastFailure.kind()) {
          case INVALID, UNSUPPORTED, FAILED_PRECONDITION, NOT_FOUND -> true;
          default -> false;
        };
    return !hopeless && now - disconnectedSinceNanos < retryTimeout.toNanos();
  }

  /** How long to wait until {@link #connect} may open one; for ever when there is one. */
  long nanosUntilConnect(long now) {
    return stream == null ? Math.max(0, reconnectAtNanos - now) : Long.MAX_VALUE;
  }

  /** Sends a request over the stream there is; once it is closed, to nobody. */
  void send(FetchRequest request) {
    if (stream != null) {
      stream.send(request);
    }
  }

  /** Ends the stream, and lets go of its connection. */
  void close() {
    try {
      current = null;
      if (stream != null) {
        stream.cancel("the consumer was closed");
        stream = null;
      }
    } finally {
      opener.close();
    }
  }

  private void closed(Failure failure) {
    current = null;
    stream = null;
    long now = nanoTime.getAsLong();
    if (reconnects == 0) {
      disconnectedSinceNanos = now;
    }
    reconnectAtNanos = now + BACKOFF.pause(reconnects++, failure.retryAfter()).toNanos();
    lastFailure =
        failure.kind() == ErrorKind.INTERNAL
            ? failure.withMessage("The server ended the stream: " + failure.message())
            : failure;
    lost.run();
  }

  /** What one stream brings; what an older one still brings is dropped. */
  private final class Events implements Stream.Events<FetchResponse> {
    @Override
    public void ready() {
      // Requests are small and few: they are sent without waiting for this.
    }

    @Override
    public void message(FetchResponse message) {
      ifCurrent(
          () -> {
            reconnects = 0;
            arrived.accept(message);
          });
    }

    @Override
    public void closed(Failure failure) {
      ifCurrent(() -> FetchConnection.this.closed(failure));
    }

    private void ifCurrent(Runnable work) {
      lock.lock();
      try {
        if (current == this) {
          work.run();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
