package io.thermocline.tiering;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thermocline.model.ErrorKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What tiering tells about itself, under {@code thermocline.tiering.}. Thread-safe. */
final class TieringMetrics {
  private static final String PREFIX = "thermocline.tiering.";

  /**
   * How far a topic is behind.
   *
   * @param oldest when the oldest record that is not tiered was appended; empty when there is none
   */
  record Lag(long bytes, Duration age, Optional<Instant> oldest) {
    static final Lag NONE = new Lag(0, Duration.ZERO, Optional.empty());
  }

  /** What the table of a topic holds. */
  record Holding(long files, long bytes) {
    static final Holding NONE = new Holding(0, 0);
  }

  /** What a topic told last. Its gauges are made once: remaking them races with whoever reads. */
  private final class Told {
    private final List<Meter> gauges;
    private volatile Lag lag = Lag.NONE;
    private volatile Holding holding = Holding.NONE;
    private volatile int problems;

    Told(String topic) {
      gauges =
          List.of(
              gauge(
                  "lag.bytes",
                  topic,
                  () -> lag.bytes(),
                  "Bytes on local disk that are not tiered yet"),
              gauge(
                  "lag.seconds",
                  topic,
                  () -> lag.age().toMillis() / 1000.0,
                  "Age of the oldest record that is not tiered yet, by append time"),
              gauge(
                  "oldest.untiered.seconds",
                  topic,
                  () -> lag.oldest().map(at -> at.toEpochMilli() / 1000.0).orElse(0.0),
                  "When the oldest record that is not tiered yet was appended, Unix time; 0: none"),
              gauge("table.files", topic, () -> holding.files(), "Data files in the topic's table"),
              gauge("table.bytes", topic, () -> holding.bytes(), "Bytes of the table's data files"),
              gauge(
                  "stuck.partitions",
                  topic,
                  () -> problems,
                  "Partitions that stand still because of a problem"));
    }
  }

  private final MeterRegistry registry;
  private final Map<String, Told> told = new ConcurrentHashMap<>();
  private final Counter tieredBytes;
  private final Counter tieredRecords;
  private final Counter tieredFiles;
  private final Counter expiredBytes;
  private final Counter untieredDeletedBytes;
  private final Counter untieredDeletedOffsets;
  private final Counter trimmedOffsets;
  private final Counter maintenance;
  private final Counter mergedFiles;
  private final Counter mergedBytes;
  private final Timer commit;
  private final Timer run;

  TieringMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.tieredBytes = counter("bytes", "Bytes of committed data files");
    this.tieredRecords = counter("records", "Records in committed data files");
    this.tieredFiles = counter("files", "Data files committed");
    this.expiredBytes = counter("expired.bytes", "Bytes that retention deleted for good");
    this.untieredDeletedBytes =
        counter("untiered.deleted.bytes", "Of them, bytes that were never tiered");
    this.untieredDeletedOffsets =
        counter("untiered.deleted.offsets", "Offsets deleted and never tiered");
    this.trimmedOffsets = counter("trimmed.offsets", "Offsets whose local copies were let go of");
    this.maintenance = counter("maintenance", "Pieces of upkeep done on tables");
    this.mergedFiles =
        counter("merged.files", "Small data files that were merged into larger ones");
    this.mergedBytes = counter("merged.bytes", "Bytes of the data files they were merged into");
    this.commit = timer("commit", "Commits that were made, until they were read back");
    this.run = timer("run", "Passes over one topic");
  }

  void lag(String topic, Lag lag) {
    of(topic).lag = lag;
  }

  void holding(String topic, Holding holding) {
    of(topic).holding = holding;
  }

  void problems(String topic, int partitions) {
    of(topic).problems = partitions;
  }

  private Told of(String topic) {
    return told.computeIfAbsent(topic, Told::new);
  }

  /** Forgets the topics that are gone. */
  void keep(List<String> topics) {
    told.entrySet()
        .removeIf(
            topic -> {
              boolean gone = !topics.contains(topic.getKey());
              if (gone) {
                topic.getValue().gauges.forEach(registry::remove);
              }
              return gone;
            });
  }

  void tiered(long bytes, long records, int files) {
    tieredBytes.increment((double) bytes);
    tieredRecords.increment((double) records);
    tieredFiles.increment(files);
  }

  void expired(long bytes, long untieredBytes, long untieredOffsets) {
    expiredBytes.increment((double) bytes);
    untieredDeletedBytes.increment((double) untieredBytes);
    untieredDeletedOffsets.increment((double) untieredOffsets);
  }

  void maintained() {
    maintenance.increment();
  }

  void merged(int files, long bytes) {
    mergedFiles.increment(files);
    mergedBytes.increment((double) bytes);
  }

  void trimmed(long offsets) {
    trimmedOffsets.increment((double) offsets);
  }

  void failed(String step, ErrorKind kind) {
    Counter.builder(PREFIX + "failures")
        .description("Steps of tiering that failed, by step and error kind")
        .tag("step", step)
        .tag("kind", kind.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  Timer commitTime() {
    return commit;
  }

  Timer runTime() {
    return run;
  }

  private Counter counter(String name, String description) {
    return Counter.builder(PREFIX + name).description(description).register(registry);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(PREFIX + name).description(description).register(registry);
  }

  private Gauge gauge(String name, String topic, Supplier<Number> value, String description) {
    return Gauge.builder(PREFIX + name, value)
        .description(description)
        .tag("topic", topic)
        .register(registry);
  }
}
