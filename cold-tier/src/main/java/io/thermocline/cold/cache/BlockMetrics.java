package io.thermocline.cold.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The block cache in numbers.
 *
 * <pre>
 * thermocline.cold.cache           cache: block; result: hit, miss
 * thermocline.cold.fetches         requests for blocks; reason: read, ahead
 * thermocline.cold.fetched.bytes   their bytes; reason
 * thermocline.cold.cache.bytes     memory held by blocks
 * </pre>
 */
final class BlockMetrics {
  /** Why blocks are fetched: somebody waits, or will come. */
  enum Reason {
    READ,
    AHEAD
  }

  private final Counter hits;
  private final Counter misses;
  private final Map<Reason, Counter> fetches = new EnumMap<>(Reason.class);
  private final Map<Reason, Counter> bytes = new EnumMap<>(Reason.class);

  BlockMetrics(MeterRegistry registry, LongSupplier held) {
    hits = lookups(registry, "hit");
    misses = lookups(registry, "miss");
    for (Reason reason : Reason.values()) {
      String name = reason.name().toLowerCase(Locale.ROOT);
      fetches.put(
          reason,
          Counter.builder("thermocline.cold.fetches")
              .description("Requests for blocks of data files: for a read that waits, or ahead")
              .tag("reason", name)
              .register(registry));
      bytes.put(
          reason,
          Counter.builder("thermocline.cold.fetched.bytes")
              .description("Bytes of data files that were asked for")
              .tag("reason", name)
              .register(registry));
    }
    Gauge.builder("thermocline.cold.cache.bytes", () -> (double) held.getAsLong())
        .description("Memory held by blocks of data files, those on their way included")
        .register(registry);
  }

  private static Counter lookups(MeterRegistry registry, String result) {
    return Counter.builder("thermocline.cold.cache")
        .description("Look-ups in the caches of the cold tier")
        .tag("cache", "block")
        .tag("result", result)
        .register(registry);
  }

  void lookup(boolean hit) {
    (hit ? hits : misses).increment();
  }

  void fetched(Reason reason, long count) {
    fetches.get(reason).increment();
    bytes.get(reason).increment((double) count);
  }
}
