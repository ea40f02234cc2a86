package io.thermocline.gateway.stream;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The streams that are open, so that closing can ask each to end. Thread-safe. */
public final class OpenStreams {
  /** A stream that can be asked to end. */
  public interface Draining {
    /** Ends the call as soon as what it has begun is answered. Returns at once. */
    void drain();
  }

  private final Set<Draining> open = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /** Keeps a stream in mind; asks it to end at once when all were asked to. */
  public void add(Draining stream) {
    open.add(stream);
    if (draining) {
      stream.drain();
    }
  }

  /** Forgets a stream that is over; harmless to repeat. */
  public void remove(Draining stream) {
    open.remove(stream);
  }

  /** How many are open. */
  public int count() {
    return open.size();
  }

  /** Asks all to end, and each that opens from now on. */
  public void drain() {
    draining = true;
    List.copyOf(open).forEach(Draining::drain);
  }
}
