package io.thermocline.cold;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ColdTier;
import io.thermocline.testkit.ColdTierContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class IcebergColdTierTest implements ColdTierContract {
  @TempDir private Path directory;
  private ColdTier cold;

  @BeforeEach
  void open() {
    cold =
        IcebergColdTier.open(
            ColdSettings.of(
                StoreSettings.of(directory.resolve("warehouse").toUri()),
                directory.resolve("data"),
                UUID.randomUUID()),
            InstantSource.system(),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void close() {
    cold.close();
  }

  @Override
  public ColdTier cold() {
    return cold;
  }
}
