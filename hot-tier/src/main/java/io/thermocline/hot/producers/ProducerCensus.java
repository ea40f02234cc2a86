package io.thermocline.hot.producers;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * What the tables of all partitions share: how many producers they remember together, each counted
 * once for each partition, and the time that producers are silent by. Thread-safe.
 */
public final class ProducerCensus {
  private final ProducerLimits limits;
  private final AtomicInteger known;
  private final LongSupplier nanoTime;
  private final long startNanos;

  /**
   * @param known counts them
   * @param nanoTime steady, as {@link System#nanoTime}
   */
  public ProducerCensus(ProducerLimits limits, AtomicInteger known, LongSupplier nanoTime) {
    this.limits = limits;
    this.known = known;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  /** For tables that are only looked at: they count for nobody, and no time goes by. */
  static ProducerCensus apart(ProducerLimits limits) {
    return new ProducerCensus(limits, new AtomicInteger(), () -> 0);
  }

  /** How long it runs. Steps of the system's clock do not carry it along. */
  long runningMillis() {
    return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startNanos);
  }

  ProducerLimits limits() {
    return limits;
  }

  int count() {
    return known.get();
  }

  boolean isFull() {
    return known.get() >= limits.inAll();
  }

  void add(int producers) {
    int unused = known.addAndGet(producers);
  }
}
