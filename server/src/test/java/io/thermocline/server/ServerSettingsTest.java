package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.gateway.GatewaySettings;
import io.thermocline.hot.HotSettings;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.server.config.Configuration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {

  @Test
  void withoutConfigurationTheHotTierIsAsItIsByDefault() {
    HotSettings hot = settings().hot(0);

    HotSettings defaults = HotSettings.in(hot.directory());
    assertThat(hot).isEqualTo(defaults.withMinFreeBytes(hot.minFreeBytes()));
  }

  @Test
  void theJournalAndTheMemoryOfProducersAreConfigured() {
    HotSettings hot =
        settings(
                "storage.minFree=5MiB",
                "storage.journal=1GiB",
                "producers.max=500",
                "producers.forget=15m")
            .hot(0);

    assertThat(hot.minFreeBytes()).isEqualTo(5 << 20);
    assertThat(hot.journalBytes()).isEqualTo(1 << 30);
    assertThat(hot.producers())
        .isEqualTo(new ProducerLimits(500, 500, Duration.ofMinutes(15), Duration.ofMinutes(15)));
    assertThat(settings("producers.max=50000").hot(0).producers().perPartition())
        .isEqualTo(ProducerLimits.defaults().perPartition());
  }

  @Test
  void asManyStatementsAreTakenAsMayRunAndSixMore() {
    ServerSettings settings = settings("query.concurrency=20");

    assertThat(settings.sql().maxConcurrent()).isEqualTo(20);
    assertThat(settings.gateway().pools().statements()).isEqualTo(26);
    assertThat(settings().gateway().pools().statements())
        .as("by default")
        .isEqualTo(GatewaySettings.defaults().pools().statements());
  }

  private static ServerSettings settings(String... assignments) {
    return new ServerSettings(Configuration.load(Optional.empty(), Map.of(), List.of(assignments)));
  }
}
