package io.thermocline.client.consumer;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.wire.Backoff;
import io.thermocline.client.wire.Stream;
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

  /** Why it was given up; null while it is tried. */
  private Failure givenUp;

  private long reconnectAtNanos;

  /** Whether the last try failed, and when the first of those in a row did. */
  private boolean away;

  private long awaySinceNanos;
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

  /** Opens a stream when there is none and its time has come, unless it was given up. */
  void connect(long now) {
    if (stream == null && givenUp == null && now - reconnectAtNanos >= 0) {
      Events events = new Events(now);
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

  /**
   * Says, once, that it was given up. After that it is tried again.
   *
   * @throws ReadFailedException when the server was away for too long, or it is hopeless
   */
  void throwIfGivenUp() {
    if (givenUp != null) {
      Failure failure = givenUp;
      givenUp = null;
      away = false;
      reconnects = 0;
      throw failure.read();
    }
  }

  private static boolean isHopeless(Failure failure) {
    return switch (failure.kind()) {
      case INVALID, UNSUPPORTED, FAILED_PRECONDITION, NOT_FOUND -> true;
      default -> false;
    };
  }

  /** How long to wait until {@link #connect} may open one; 0 when there is one. */
  long nanosUntilConnect(long now) {
    return stream == null ? Math.max(0, reconnectAtNanos - now) : 0;
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

  /**
   * A stream that worked was lost; one that did not is a try that failed. The server is away from
   * the first of those on, not from the loss: nothing is tried while nobody asks for records.
   */
  private void closed(Failure failure, Events events) {
    current = null;
    stream = null;
    long now = nanoTime.getAsLong();
    if (events.worked(now, failure)) {
      away = false;
      reconnects = 0;
    } else if (!away) {
      away = true;
      awaySinceNanos = now;
    }
    reconnectAtNanos = now + BACKOFF.pause(reconnects++, failure.retryAfter()).toNanos();
    if (isHopeless(failure) || (away && now - awaySinceNanos >= retryTimeout.toNanos())) {
      givenUp =
          failure.kind() == ErrorKind.INTERNAL
              ? failure.withMessage("The server ended the stream: " + failure.message())
              : failure;
    }
    lost.run();
  }

  /** What one stream brings; what an older one still brings is dropped. */
  private final class Events implements Stream.Events<FetchResponse> {
    private final long openedNanos;
    private boolean connected;
    private boolean spoke;

    Events(long openedNanos) {
      this.openedNanos = openedNanos;
    }

    /** Requests are small and few: they are sent without waiting for this. */
    @Override
    public void ready() {
      ifCurrent(() -> connected = true);
    }

    @Override
    public void message(FetchResponse message) {
      ifCurrent(
          () -> {
            spoke = true;
            arrived.accept(message);
          });
    }

    @Override
    public void closed(Failure failure) {
      ifCurrent(() -> FetchConnection.this.closed(failure, this));
    }

    /**
     * Whether the server was there, to judge by what was heard, or by how long there was nothing to
     * hear. Not when it soon refused what was asked of it: it answers what it took before that.
     */
    boolean worked(long now, Failure end) {
      boolean lasted = now - openedNanos >= retryTimeout.toNanos();
      return lasted ? connected || spoke : spoke && end.kind() != ErrorKind.EXHAUSTED;
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
