package io.thermocline.cold;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.table.TableSettings;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ColdSettingsTest {
  @Test
  void whoTakesNoWarehouseKeepsToAllOtherSettings() {
    WriteBudget budget = new WriteBudget(64L << 20, 7);
    ColdSettings settings = settings(true, budget);
    assertThat(settings.withoutTakeOver()).isEqualTo(settings(false, budget));
  }

  private static ColdSettings settings(boolean takeOver, WriteBudget budget) {
    return new ColdSettings(
        StoreSettings.of(Path.of("/lake").toUri()),
        "other",
        CatalogSettings.sqlite(),
        Path.of("/data/cold"),
        new UUID(1, 2),
        takeOver,
        TableSettings.defaults(),
        CacheSettings.defaults(),
        budget);
  }
}
