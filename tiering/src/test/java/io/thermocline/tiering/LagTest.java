package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LagTest {
  @TempDir Path directory;

  @Test
  void lagGrowsWhileTheColdTierIsAwayAndIsGoneOnceItIsCaughtUp() {
    TwoTiers tiers = new TwoTiers(directory, 1, "tiering: { minFileBytes: 1KiB, maxLag: 10m }");
    tiers.append(0, 50);
    tiers.round();
    tiers.faults.plan(
        (call, after) ->
            call.equals("topic") ? new ThermoclineException(ErrorKind.TRANSIENT, "away") : null);

    tiers.append(0, 50);
    tiers.pass(Duration.ofHours(2));
    assertThatThrownBy(tiers::round).isInstanceOf(ThermoclineException.class);

    assertThat(lag(tiers, "lag.seconds")).isGreaterThan((double) Duration.ofHours(2).toSeconds());
    assertThat(lag(tiers, "lag.bytes")).isEqualTo((double) tiers.state(0).bytes());

    assertThat(lag(tiers, "lag.seconds") + lag(tiers, "oldest.untiered.seconds"))
        .as("age and time of the oldest are the same thing")
        .isEqualTo(tiers.clock.instant().toEpochMilli() / 1000.0);
    assertThat(lag(tiers, "table.files")).isZero();

    tiers.faults.none();
    tiers.round();

    assertThat(lag(tiers, "oldest.untiered.seconds")).isZero();
    assertThat(lag(tiers, "table.files")).isEqualTo(tiers.table(0).files().size()).isPositive();
    assertThat(lag(tiers, "table.bytes")).isEqualTo((double) tiers.table(0).bytes()).isPositive();

    assertThat(lag(tiers, "lag.seconds")).isZero();
    assertThat(lag(tiers, "lag.bytes")).isZero();
  }

  @Test
  void aTopicThatIsGoneIsShownNoMore() {
    TwoTiers tiers = new TwoTiers(directory, 1, "tiering: { enabled: true }");
    tiers.append(0, 1);
    tiers.round();

    tiers.metrics.keep(List.of(tiers.topic.name()));
    assertThat(tiers.meters.find("thermocline.tiering.lag.bytes").gauges()).hasSize(1);

    tiers.metrics.keep(List.of());
    assertThat(tiers.meters.find("thermocline.tiering.lag.bytes").gauges()).isEmpty();
    assertThat(tiers.meters.find("thermocline.tiering.stuck.partitions").gauges()).isEmpty();
  }

  private static double lag(TwoTiers tiers, String name) {
    return tiers.meters.get("thermocline.tiering." + name).gauge().value();
  }
}
