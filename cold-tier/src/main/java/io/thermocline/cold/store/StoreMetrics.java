package io.thermocline.cold.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thermocline.model.ThermoclineException;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * {@code thermocline.store.requests} (time and count by operation and result, {@code ok} or an
 * error kind) and {@code thermocline.store.bytes} (by operation).
 */
final class StoreMetrics {
  private final MeterRegistry registry;

  StoreMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  <T> T time(String operation, Supplier<T> work) {
    Timer.Sample sample = Timer.start(registry);
    String result = "internal";
    try {
      T answer = work.get();
      result = "ok";
      return answer;
    } catch (ThermoclineException e) {
      result = e.kind().name().toLowerCase(Locale.ROOT);
      throw e;
    } finally {
      sample.stop(
          Timer.builder("thermocline.store.requests")
              .description("Calls of the object store, with their waiting")
              .tag("operation", operation)
              .tag("result", result)
              .register(registry));
    }
  }

  void moved(String operation, long bytes) {
    registry.counter("thermocline.store.bytes", "operation", operation).increment((double) bytes);
  }
}
