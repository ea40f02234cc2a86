package io.thermocline.client.wire;

import io.thermocline.client.failure.Failure;

/** One bidirectional call. Its methods are called by one thread at a time. */
public interface Stream<Q> {

  /**
   * What comes back. Called in order, on threads of the transport or, when a call can't be made, on
   * the one that opens it; must not block.
   */
  interface Events<R> {

    /** {@link Stream#isReady()} has become true. */
    void ready();

    /** A message came. */
    void message(R message);

    /** The call is over: nothing more comes. */
    void closed(Failure failure);
  }

  /** Opens calls to one method. */
  interface Opener<Q, R> {

    /** Never fails: a call that can't be made ends through {@link Events#closed}. */
    Stream<Q> open(Events<R> events);

    /** Opens no more. Calls that are open may end as they would. Harmless to repeat. */
    void close();
  }

  /**
   * Whether there is a connection that takes another message without piling it up. Nothing sent
   * before that is true, and nothing has left this machine before something was sent.
   */
  boolean isReady();

  /** Sends a message. */
  void send(Q message);

  /** Sends no more; the server may still answer. */
  void halfClose();

  /** Ends the call at once. */
  void cancel(String reason);
}
