package io.thermocline.cold.table;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thermocline.model.ErrorKind;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The cold tier in numbers.
 *
 * <pre>
 * thermocline.cold.commit             timer, outcome: ok, or the error kind
 * thermocline.cold.errors             operation, kind
 * thermocline.cold.read.bytes         batches handed out
 * thermocline.cold.cache              cache: footer, cursor, local; result: hit, miss
 * thermocline.cold.files.written      data files uploaded
 * thermocline.cold.files.removed      files that no metadata named, and those of purged topics
 * thermocline.cold.written.bytes      their bytes
 * </pre>
 */
final class ColdMetrics {
  private final MeterRegistry registry;
  private final Counter readBytes;
  private final Counter filesWritten;
  private final Counter filesRemoved;
  private final Counter bytesWritten;
  private final Map<CacheName, Counter> hits = new EnumMap<>(CacheName.class);
  private final Map<CacheName, Counter> misses = new EnumMap<>(CacheName.class);

  ColdMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.readBytes = counter("read.bytes", "Bytes of batches read from data files");
    this.filesWritten = counter("files.written", "Data files uploaded, committed or not");
    this.filesRemoved =
        counter("files.removed", "Files removed: no metadata named them, or their topic is gone");
    this.bytesWritten = counter("written.bytes", "Bytes of data files uploaded");
    for (CacheName cache : CacheName.values()) {
      hits.put(cache, lookups(cache, "hit"));
      misses.put(cache, lookups(cache, "miss"));
    }
  }

  private Counter counter(String name, String description) {
    return Counter.builder("thermocline.cold." + name).description(description).register(registry);
  }

  private Counter lookups(CacheName cache, String result) {
    return Counter.builder("thermocline.cold.cache")
        .description("Look-ups in the caches of the cold tier")
        .tag("cache", name(cache))
        .tag("result", result)
        .register(registry);
  }

  /** What is kept in memory or on disk to read faster. */
  enum CacheName {
    FOOTER,
    CURSOR,
    LOCAL
  }

  Timer.Sample start() {
    return Timer.start(registry);
  }

  void committed(Timer.Sample sample, String outcome) {
    sample.stop(
        Timer.builder("thermocline.cold.commit")
            .description("Commits to tables, by outcome: ok, or the error kind")
            .tag("outcome", outcome)
            .register(registry));
  }

  void failed(String operation, ErrorKind kind) {
    Counter.builder("thermocline.cold.errors")
        .description("Calls of the cold tier that failed, by operation and error kind")
        .tag("operation", operation)
        .tag("kind", name(kind))
        .register(registry)
        .increment();
  }

  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  void read(long bytes) {
    readBytes.increment((double) bytes);
  }

  void cache(CacheName cache, boolean hit) {
    (hit ? hits : misses).get(cache).increment();
  }

  void written(long bytes) {
    filesWritten.increment();
    bytesWritten.increment((double) bytes);
  }

  void removed(long files) {
    filesRemoved.increment((double) files);
  }
}
