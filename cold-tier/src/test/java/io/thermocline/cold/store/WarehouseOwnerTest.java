package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarehouseOwnerTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z"));
  private static final UUID LAKE = new UUID(1, 1);
  private static final UUID POND = new UUID(2, 2);

  @TempDir private Path directory;
  private ObjectStore store;

  @BeforeEach
  void open() {
    store =
        ObjectStores.open(StoreSettings.of(directory.toUri()), new SimpleMeterRegistry(), CLOCK);
  }

  private static ErrorKind kind(Runnable call) {
    try {
      call.run();
    } catch (ThermoclineException e) {
      return e.kind();
    }
    throw new AssertionError("It should have failed");
  }

  @Test
  void theFirstClusterOwnsAndGoesOnAfterRestarts() {
    WarehouseOwner first = WarehouseOwner.claim(store, LAKE, CLOCK);
    WarehouseOwner again = WarehouseOwner.claim(store, LAKE, CLOCK);
    first.check();
    again.check();
    assertThat(List.of(first.epoch(), again.epoch())).containsExactly(1L, 1L);
    assertThat(again.cluster()).isEqualTo(LAKE);
  }

  @Test
  void anotherClusterIsRefusedAndToldWhoOwns() {
    WarehouseOwner owner = WarehouseOwner.claim(store, LAKE, CLOCK);
    assertThatThrownBy(() -> WarehouseOwner.claim(store, POND, CLOCK))
        .isInstanceOf(ThermoclineException.class)
        .hasMessageContaining(LAKE.toString())
        .hasMessageContaining(POND.toString())
        .hasMessageContaining("thermocline recover")
        .hasMessageContaining("take the warehouse over")
        .extracting("kind")
        .isEqualTo(ErrorKind.FAILED_PRECONDITION);
    owner.check();
  }

  @Test
  void aTakeOverOfWhatWasSeenIsRepeatedByItsOwnerAlone() {
    WarehouseOwner before = WarehouseOwner.claim(store, LAKE, CLOCK);
    WarehouseOwner after = WarehouseOwner.takeOver(store, POND, CLOCK, 1);
    WarehouseOwner again = WarehouseOwner.takeOver(store, POND, CLOCK, 1);
    assertThat(List.of(after.epoch(), again.epoch())).containsExactly(2L, 2L);
    again.check();
    assertThat(kind(before::check)).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    assertThat(kind(() -> WarehouseOwner.takeOver(store, LAKE, CLOCK, 1)))
        .isEqualTo(ErrorKind.CONFLICT);
    WarehouseOwner third = WarehouseOwner.takeOver(store, LAKE, CLOCK, 2);
    assertThat(kind(() -> WarehouseOwner.takeOver(store, POND, CLOCK, 1)))
        .isEqualTo(ErrorKind.CONFLICT);
    third.check();
  }

  @Test
  void aTakeOverEndsEveryEarlierClaim() {
    WarehouseOwner before = WarehouseOwner.claim(store, LAKE, CLOCK);
    WarehouseOwner after = WarehouseOwner.takeOver(store, POND, CLOCK);
    after.check();
    assertThat(after.epoch()).isEqualTo(2);
    assertThat(kind(before::check)).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    assertThat(kind(() -> WarehouseOwner.claim(store, LAKE, CLOCK)))
        .isEqualTo(ErrorKind.FAILED_PRECONDITION);
    WarehouseOwner back = WarehouseOwner.takeOver(store, LAKE, CLOCK);
    assertThat(back.epoch()).isEqualTo(3);
    assertThat(kind(before::check)).isEqualTo(ErrorKind.FAILED_PRECONDITION);
  }

  @Test
  void ownersPastTheNinthAreStillCountedAsNumbers() {
    WarehouseOwner last = WarehouseOwner.claim(store, LAKE, CLOCK);
    for (int i = 0; i < 11; i++) {
      last = WarehouseOwner.takeOver(store, LAKE, CLOCK);
    }
    assertThat(last.epoch()).isEqualTo(12);
    last.check();
  }

  @Test
  void ofClustersThatRaceExactlyOneOwns() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Optional<UUID>>> racers =
          Stream.generate(UUID::randomUUID).limit(8).map(this::racer).toList();
      List<UUID> owners =
          threads.invokeAll(racers).stream()
              .flatMap(
                  future -> {
                    try {
                      return future.get().stream();
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                  })
              .toList();
      assertThat(owners).hasSize(1);
      assertThat(WarehouseOwner.claim(store, owners.get(0), CLOCK).epoch()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  private Callable<Optional<UUID>> racer(UUID cluster) {
    return () -> {
      try {
        return Optional.of(WarehouseOwner.claim(store, cluster, CLOCK).cluster());
      } catch (ThermoclineException e) {
        assertThat(e.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION);
        return Optional.empty();
      }
    };
  }

  @Test
  void aWarehouseThatWasDeletedIsNotOursAnyMore() {
    WarehouseOwner owner = WarehouseOwner.claim(store, LAKE, CLOCK);
    store.delete("_thermocline/owner-1.json");
    assertThat(kind(owner::check)).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    WarehouseOwner next = WarehouseOwner.claim(store, LAKE, CLOCK);
    next.check();
    assertThat(kind(owner::check)).isEqualTo(ErrorKind.FAILED_PRECONDITION);
  }

  @Test
  void damagedOwnerFilesAreNamedAndNeverOverruled() {
    for (String text :
        List.of(
            "",
            "{",
            "[]",
            "{\"version\":1}",
            "{\"version\":1,\"epoch\":2,\"cluster\":\"%s\",\"writer\":\"%s\",\"madeAt\":\"2026-11-20T10:00:00Z\"}"
                .formatted(LAKE, LAKE),
            "{\"version\":1,\"epoch\":1,\"cluster\":\"lake\",\"writer\":\"%s\",\"madeAt\":\"2026-11-20T10:00:00Z\"}"
                .formatted(LAKE))) {
      store.put("_thermocline/owner-1.json", text.getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> WarehouseOwner.claim(store, LAKE, CLOCK))
          .isInstanceOf(ThermoclineException.class)
          .hasMessageContaining("owner-1.json")
          .extracting("kind")
          .isEqualTo(ErrorKind.CORRUPT);
    }
  }

  @Test
  void aNewerVersionIsRefusedAsSuch() {
    String text = "{\"version\":2,\"epoch\":1}";
    store.put("_thermocline/owner-1.json", text.getBytes(StandardCharsets.UTF_8));
    assertThat(kind(() -> WarehouseOwner.claim(store, LAKE, CLOCK)))
        .isEqualTo(ErrorKind.FAILED_PRECONDITION);
  }

  @Test
  void otherFilesBesideTheOwnersAreNoOwners() {
    store.put("_thermocline/owner-9.json.bak", new byte[3]);
    store.put("_thermocline/owner-007.json", new byte[3]);
    store.put("_thermocline/owners.json", new byte[3]);
    assertThat(WarehouseOwner.claim(store, LAKE, CLOCK).epoch()).isEqualTo(1);
  }
}
