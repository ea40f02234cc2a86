package io.thermocline.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thermocline.proto.v1.CacheCount;
import io.thermocline.proto.v1.CommitCount;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the cold tier counts in metrics, for a person who asks how tiering stands. */
final class ColdCounts {
  private static final String COMMITS = "thermocline.cold.commit";
  private static final String CACHES = "thermocline.cold.cache";

  private final MeterRegistry metrics;

  ColdCounts(MeterRegistry metrics) {
    this.metrics = metrics;
  }

  /** Commits by outcome, in the order of their names. */
  List<CommitCount> commits() {
    Map<String, Long> counts = new TreeMap<>();
    for (Timer timer : metrics.find(COMMITS).timers()) {
      counts.merge(timer.getId().getTag("outcome"), timer.count(), Long::sum);
    }
    return counts.entrySet().stream()
        .map(
            each ->
                CommitCount.newBuilder()
                    .setOutcome(each.getKey())
                    .setCount(each.getValue())
                    .build())
        .toList();
  }

  /** Look-ups by cache, in the order of their names. */
  List<CacheCount> caches() {
    Map<String, CacheCount.Builder> counts = new TreeMap<>();
    for (Counter counter : metrics.find(CACHES).counters()) {
      String name = counter.getId().getTag("cache");
      CacheCount.Builder count =
          counts.computeIfAbsent(name, cache -> CacheCount.newBuilder().setCache(cache));
      long lookups = (long) counter.count();
      if ("hit".equals(counter.getId().getTag("result"))) {
        count.setHits(count.getHits() + lookups);
      } else {
        count.setMisses(count.getMisses() + lookups);
      }
    }
    return counts.values().stream().map(CacheCount.Builder::build).toList();
  }
}
