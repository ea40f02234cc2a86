package io.thermocline.bench.compare;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Times of many records, from when each was meant to be sent. Thread-safe. */
public final class Latencies {
  private static final long LONGEST = TimeUnit.MINUTES.toNanos(5);
  private static final int DIGITS = 3;
  private static final double NANOS_A_MILLI = 1e6;

  private final Histogram nanos = new ConcurrentHistogram(LONGEST, DIGITS);

  public void add(long elapsedNanos) {
    nanos.recordValue(Math.min(Math.max(0, elapsedNanos), LONGEST));
  }

  /** The time that {@code percent} of the records stayed below. */
  public Figure percentile(String name, double percent) {
    if (nanos.getTotalCount() == 0) {
      throw new IllegalStateException("No record was timed for " + name);
    }
    return new Figure(name, nanos.getValueAtPercentile(percent) / NANOS_A_MILLI, Unit.MILLISECONDS);
  }

  /** The usual three. */
  public List<Figure> percentiles(String name) {
    return List.of(
        percentile(name + "-p50", 50),
        percentile(name + "-p99", 99),
        percentile(name + "-p999", 99.9));
  }
}
