package io.thermocline.cold.table;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thermocline.model.ErrorKind;
import java.util.Locale;

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

  ColdMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.readBytes = Counter.builder("thermocline.cold.read").baseUnit("bytes").register(registry);
    this.filesWritten = Counter.builder("thermocline.cold.files.written").register(registry);
    this.filesRemoved = Counter.builder("thermocline.cold.files.removed").register(registry);
    this.bytesWritten =
        Counter.builder("thermocline.cold.written").baseUnit("bytes").register(registry);
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
        Timer.builder("thermocline.cold.commit").tag("outcome", outcome).register(registry));
  }

  void failed(String operation, ErrorKind kind) {
    Counter.builder("thermocline.cold.errors")
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
    Counter.builder("thermocline.cold.cache")
        .tag("cache", name(cache))
        .tag("result", hit ? "hit" : "miss")
        .register(registry)
        .increment();
  }

  void written(long bytes) {
    filesWritten.increment();
    bytesWritten.increment((double) bytes);
  }

  void removed(long files) {
    filesRemoved.increment((double) files);
  }
}
