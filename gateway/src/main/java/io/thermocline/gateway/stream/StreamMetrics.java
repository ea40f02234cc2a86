package io.thermocline.gateway.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.Tier;
import java.util.EnumMap;
import java.util.Map;

/** What goes in and out through the streams. Thread-safe. */
public final class StreamMetrics {
  private final Counter producedBytes;
  private final Counter producedBatches;
  private final Map<ErrorKind, Counter> refusedBatches = new EnumMap<>(ErrorKind.class);
  private final Map<Tier, Counter> fetchedBytes = new EnumMap<>(Tier.class);

  /** Makes its meters in {@code registry}. */
  public StreamMetrics(MeterRegistry registry) {
    producedBytes =
        Counter.builder("thermocline.produce.bytes")
            .description("Payload bytes that were acknowledged")
            .baseUnit("bytes")
            .register(registry);
    producedBatches =
        Counter.builder("thermocline.produce.batches")
            .description("Batches that were acknowledged")
            .register(registry);
    for (ErrorKind kind : ErrorKind.values()) {
      refusedBatches.put(
          kind,
          Counter.builder("thermocline.produce.refused")
              .description("Batches answered with an error")
              .tag("reason", kind.name())
              .register(registry));
    }
    for (Tier tier : Tier.values()) {
      fetchedBytes.put(
          tier,
          Counter.builder("thermocline.fetch.bytes")
              .description("Payload bytes sent to readers, by the tier they came from")
              .baseUnit("bytes")
              .tag("tier", tier.name().replace("TIER_", "").toLowerCase(java.util.Locale.ROOT))
              .register(registry));
    }
  }

  /** Counts a batch of so many payload bytes that was stored. */
  public void produced(long bytes) {
    producedBytes.increment((double) bytes);
    producedBatches.increment();
  }

  /** Counts a batch that was refused. */
  public void refused(ErrorKind reason) {
    refusedBatches.get(reason).increment();
  }

  /** Counts payload bytes that were sent from a tier. */
  public void fetched(Tier tier, long bytes) {
    fetchedBytes.get(tier).increment((double) bytes);
  }
}
