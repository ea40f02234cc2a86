package io.thermocline.tiering;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.thermocline.model.ErrorKind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What tiering tells about itself, under {@code thermocline.tiering.}. Thread-safe. */
final class TieringMetrics {
  private static final String PREFIX = "thermocline.tiering.";

  /** How far a topic is behind. */
  record Lag(long bytes, Duration age) {}

  private final MeterRegistry registry;
  private final MultiGauge lagBytes;
  private final MultiGauge lagSeconds;
  private final MultiGauge stuck;
  private final Map<String, Lag> lags = new ConcurrentHashMap<>();
  private final Map<String, Integer> problems = new ConcurrentHashMap<>();

  TieringMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.lagBytes =
        MultiGauge.builder(PREFIX + "lag.bytes")
            .description("Bytes on local disk that are not tiered yet")
            .baseUnit("bytes")
            .register(registry);
    this.lagSeconds =
        MultiGauge.builder(PREFIX + "lag.seconds")
            .description("Age of the oldest record that is not tiered yet, by append time")
            .baseUnit("seconds")
            .register(registry);
    this.stuck =
        MultiGauge.builder(PREFIX + "stuck.partitions")
            .description("Partitions that stand still because of a problem")
            .register(registry);
  }

  void lag(String topic, Lag lag) {
    lags.put(topic, lag);
  }

  void problems(String topic, int partitions) {
    problems.put(topic, partitions);
  }

  /** Shows what the topics told last, and forgets those that are gone. */
  void publish(List<String> topics) {
    lags.keySet().retainAll(topics);
    problems.keySet().retainAll(topics);
    lagBytes.register(
        lags.entrySet().stream()
            .map(lag -> MultiGauge.Row.of(topic(lag.getKey()), lag.getValue().bytes()))
            .toList(),
        true);
    lagSeconds.register(
        lags.entrySet().stream()
            .map(
                lag ->
                    MultiGauge.Row.of(
                        topic(lag.getKey()), lag.getValue().age().toMillis() / 1000.0))
            .toList(),
        true);
    stuck.register(
        problems.entrySet().stream()
            .map(problem -> MultiGauge.Row.of(topic(problem.getKey()), problem.getValue()))
            .toList(),
        true);
  }

  void tiered(long bytes, long records, int files) {
    count("bytes", bytes);
    count("records", records);
    count("files", files);
  }

  void expired(long bytes, long untieredBytes, long untieredOffsets) {
    count("expired.bytes", bytes);
    count("untiered.deleted.bytes", untieredBytes);
    count("untiered.deleted.offsets", untieredOffsets);
  }

  void maintained() {
    count("maintenance", 1);
  }

  void trimmed(long offsets) {
    count("trimmed.offsets", offsets);
  }

  void failed(String step, ErrorKind kind) {
    registry
        .counter(PREFIX + "failures", "step", step, "kind", kind.name().toLowerCase(Locale.ROOT))
        .increment();
  }

  Timer commitTime() {
    return registry.timer(PREFIX + "commit");
  }

  Timer runTime() {
    return registry.timer(PREFIX + "run");
  }

  private void count(String name, long amount) {
    registry.counter(PREFIX + name).increment((double) amount);
  }

  private static Tags topic(String name) {
    return Tags.of("topic", name);
  }
}
