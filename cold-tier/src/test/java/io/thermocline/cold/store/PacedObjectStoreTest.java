package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.WriteBudget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store at a pace is the same store, and makes so many requests a second. */
class PacedObjectStoreTest implements ObjectStoreContract {
  private static final int PART_BYTES = 8 << 20;

  @TempDir private Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private long nanos;
  private Duration waited = Duration.ZERO;

  private final StorePace pace =
      StorePace.of(
          10,
          PART_BYTES,
          () -> nanos,
          time -> {
            waited = waited.plus(time);
            nanos += time.toNanos();
          });

  @Override
  public ObjectStore store() {
    return pace.all(real());
  }

  private ObjectStore real() {
    return ObjectStores.open(
        StoreSettings.of(directory.resolve("warehouse").toUri()), meters, InstantSource.system());
  }

  /** How many requests were paid for since the last call; the second saved up is used up first. */
  private long requests(Runnable work) {
    pace.take(10);
    waited = Duration.ZERO;
    work.run();
    return Math.round(waited.toMillis() / 100.0);
  }

  @Test
  void everyRequestCountsAndALargeFileAsManyAsItHasParts() throws IOException {
    ObjectStore store = store();
    Path small = Files.write(directory.resolve("small"), new byte[7]);
    Path large = Files.write(directory.resolve("large"), new byte[2 * PART_BYTES + 1]);
    assertThat(requests(() -> store.put("a", new byte[1]))).isEqualTo(1);
    assertThat(requests(() -> store.upload("b", small))).isEqualTo(1);
    assertThat(requests(() -> store.upload("c", large))).isEqualTo(5);
    assertThat(requests(() -> assertThat(store.head("a")).isPresent())).isEqualTo(1);
    assertThat(requests(() -> store.list("", found -> true))).isEqualTo(1);
    assertThat(requests(() -> store.deleteAll(List.of("a", "b")))).isEqualTo(1);
    assertThat(requests(() -> store.delete("c"))).isEqualTo(1);
  }

  @Test
  void aThousandKeysAreOneRequest() {
    ObjectStore store = store();
    List<String> keys = IntStream.range(0, 1_001).mapToObj(i -> "k" + i).toList();
    keys.forEach(key -> real().put(key, new byte[0]));
    assertThat(requests(() -> store.list("", found -> true))).isEqualTo(2);
    assertThat(requests(() -> store.deleteAll(keys.subList(1_000, 1_001)))).isEqualTo(1);
    assertThat(requests(() -> store.list("", found -> true))).isEqualTo(1);
    assertThat(requests(() -> store.deleteAll(keys.subList(0, 1_000)))).isEqualTo(1);
    assertThat(requests(() -> store.deleteAll(keys))).isEqualTo(2);
    assertThat(requests(() -> store.deleteAll(List.of()))).isZero();
  }

  @Test
  void readsDoNotWaitWhereOnlyChangesDo() {
    ObjectStore store = pace.changes(real());
    assertThat(requests(() -> store.put("a", new byte[1]))).isEqualTo(1);
    assertThat(requests(() -> assertThat(store.head("a")).isPresent())).isZero();
    assertThat(requests(() -> assertThat(store.read("a", 0, ByteBuffer.allocate(1))).isEqualTo(1)))
        .isZero();
  }

  @Test
  void withoutALimitItIsTheStoreItself() {
    ObjectStore real = real();
    StorePace none = StorePace.of(WriteBudget.defaults(), StoreSettings.of(directory.toUri()));
    assertThat(none.all(real)).isSameAs(real);
    assertThat(none.changes(real)).isSameAs(real);
  }

  @Test
  void nobodyWaitsOnceItIsClosed() throws Exception {
    WriteBudget slow = new WriteBudget(64 << 20, 1);
    StorePace real = StorePace.of(slow, StoreSettings.of(directory.toUri()));
    CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> real.take(100_000));
    assertThat(waiting).isNotDone();
    real.close();
    var unused = waiting.get(20, TimeUnit.SECONDS);
  }
}
