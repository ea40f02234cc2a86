package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.store.WarehouseOwner;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store that does not answer at start keeps nobody from starting. */
final class LazyOwnerTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(
      value = ErrorKind.class,
      names = {"TRANSIENT", "OUTCOME_UNKNOWN", "EXHAUSTED", "FAILED_PRECONDITION", "CORRUPT"})
  void whatPassesByItselfKeepsNobodyFromStarting(ErrorKind kind) {
    ManualClock clock = ManualClock.start();
    ThermoclineException failure = new ThermoclineException(kind, "injected");
    ThermoclineException[] next = {failure};
    try (ObjectStore store =
        ObjectStores.open(StoreSettings.of(directory.toUri()), new SimpleMeterRegistry(), clock)) {
      LazyOwner owner =
          new LazyOwner(
              () -> {
                if (next[0] != null) {
                  throw next[0];
                }
                return WarehouseOwner.claim(store, new UUID(1, 2), clock);
              },
              clock);
      if (kind == ErrorKind.FAILED_PRECONDITION || kind == ErrorKind.CORRUPT) {
        assertThatThrownBy(owner::claimAtStart).isSameAs(failure);
        return;
      }
      owner.claimAtStart();
      next[0] = null;
      clock.advance(Duration.ofSeconds(5));
      assertThat(owner.epoch()).isEqualTo(1);
    }
  }
}
