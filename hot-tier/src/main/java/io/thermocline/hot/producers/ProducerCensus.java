package io.thermocline.hot.producers;

import java.util.concurrent.atomic.AtomicInteger;

/** The producers of all partitions together, counted once for each partition. Thread-safe. */
public final class ProducerCensus {
  private final ProducerLimits limits;
  private final AtomicInteger known;

  /**
   * @param known counts them
   */
  public ProducerCensus(ProducerLimits limits, AtomicInteger known) {
    this.limits = limits;
    this.known = known;
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
