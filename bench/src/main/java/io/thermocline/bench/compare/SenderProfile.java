package io.thermocline.bench.compare;

/** What a producer is tuned for. Each side's settings for each stand in docs/benchmarks.md. */
public enum SenderProfile {
  /** The most bytes a second to few partitions. */
  THROUGHPUT,
  /** The soonest acknowledgement at a modest rate. */
  LATENCY,
  /** Batches of 16 KiB, to many partitions. */
  MANY_PARTITIONS
}
