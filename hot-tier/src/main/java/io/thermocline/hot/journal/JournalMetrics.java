package io.thermocline.hot.journal;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What the journal counts. */
final class JournalMetrics {
  private final Clock clock;
  private final Counter bytes;
  private final Timer force;
  private final Counter full;

  JournalMetrics(MeterRegistry registry) {
    clock = registry.config().clock();
    bytes =
        Counter.builder("thermocline.hot.journal.bytes")
            .baseUnit("bytes")
            .description("Bytes written to the journal and forced there")
            .register(registry);
    force =
        Timer.builder("thermocline.hot.journal.force")
            .description("Writing and forcing the journal for the groups of many logs")
            .publishPercentileHistogram()
            .register(registry);
    full =
        Counter.builder("thermocline.hot.journal.full")
            .baseUnit("groups")
            .description("Groups that forced their file because the journal had no room")
            .register(registry);
  }

  long now() {
    return clock.monotonicTime();
  }

  void forced(long startedAt, long size) {
    force.record(now() - startedAt, TimeUnit.NANOSECONDS);
    bytes.increment((double) size);
  }

  void full(int groups) {
    full.increment(groups);
  }
}
