package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HotMetricsTest {
  private static final String UNFORCED = "thermocline.hot.acknowledged.unforced.bytes";

  @TempDir Path directory;

  @Test
  void anAcknowledgementThatNoForceHasReachedIsCounted() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    HotMetrics metrics = new HotMetrics(meters);
    PendingBatch batch =
        new PendingBatch(
            Batches.of("a", "b"),
            AppendConditions.NONE,
            1_000,
            metrics.now(),
            new CompletableFuture<>());
    batch.acknowledge(new Appended(5, 1_000), 7, metrics);
    assertThat(meters.get(UNFORCED).gauge().value()).isZero();
    batch.acknowledge(new Appended(5, 1_000), 6, metrics);
    assertThat(meters.get(UNFORCED).gauge().value()).isEqualTo((double) batch.storedBytes());
  }

  @Test
  void whatIsAcknowledgedWasForcedAndIsCountedOnItsWay() {
    try (TierHarness hot = new TierHarness(directory)) {
      for (int i = 0; i < 10; i++) {
        hot.append("a", "b");
      }
      double bytes = (double) hot.tier.state(hot.id).bytes();
      assertThat(hot.meters.get(UNFORCED).gauge().value()).isZero();
      assertThat(hot.meters.get("thermocline.hot.forced.bytes").counter().count()).isEqualTo(bytes);
      assertThat(hot.meters.get("thermocline.hot.queue").timer().count()).isEqualTo(10);
      assertThat(hot.meters.get("thermocline.hot.group.bytes").summary().totalAmount())
          .isEqualTo(bytes);
    }
  }
}
