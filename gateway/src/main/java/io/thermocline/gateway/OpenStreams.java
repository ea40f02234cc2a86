package io.thermocline.gateway;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The streams that are open, so that closing can ask each to end. Thread-safe. */
final class OpenStreams {
  /** A stream that can be asked to end. */
  interface Draining {
    /** Ends the call as soon as what it has begun is answered. Returns at once. */
    void drain();
  }

  private final Set<Draining> open = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  void add(Draining stream) {
    open.add(stream);
    if (draining) {
      stream.drain();
    }
  }

  void remove(Draining stream) {
    open.remove(stream);
  }

  int count() {
    return open.size();
  }

  /** Asks all to end, and each that opens from now on. */
  void drain() {
    draining = true;
    List.copyOf(open).forEach(Draining::drain);
  }
}
