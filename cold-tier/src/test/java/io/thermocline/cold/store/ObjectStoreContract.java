package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ObjectStore} does. */
interface ObjectStoreContract {
  int PART_BYTES = 5 << 20;

  /** An empty, open store with parts of {@link #PART_BYTES}; closed by the implementing test. */
  ObjectStore store() throws Exception;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static List<String> list(ObjectStore store, String prefix) {
    List<String> keys = new ArrayList<>();
    store.list(prefix, info -> keys.add(info.key()));
    return keys;
  }

  private static ErrorKind kind(Callable<?> call) throws Exception {
    try {
      Object unused = call.call();
    } catch (ThermoclineException e) {
      return e.kind();
    }
    throw new AssertionError("It should have failed");
  }

  @Test
  default void whatWasPutIsRead() throws Exception {
    ObjectStore store = store();
    store.put("a/b/c.json", bytes("hello"));
    assertThat(store.get("a/b/c.json", 100)).isEqualTo(bytes("hello"));
  }

  @Test
  default void aSecondPutReplacesTheFirst() throws Exception {
    ObjectStore store = store();
    store.put("k", bytes("a longer value"));
    store.put("k", bytes("short"));
    assertThat(store.get("k", 100)).isEqualTo(bytes("short"));
  }

  @Test
  default void anEmptyObjectIsAnObject() throws Exception {
    ObjectStore store = store();
    store.put("empty", new byte[0]);
    assertThat(store.head("empty").orElseThrow().size()).isZero();
    assertThat(store.get("empty", 10)).isEmpty();
    try (InputStream in = store.open("empty")) {
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  default void aRangeIsReadInPlace() throws Exception {
    ObjectStore store = store();
    store.put("digits", bytes("0123456789"));
    ByteBuffer into = ByteBuffer.allocate(8);
    into.position(2).limit(6);
    assertThat(store.read("digits", 3, into)).isEqualTo(4);
    assertThat(into.position()).isEqualTo(6);
    assertThat(into.array()).isEqualTo(bytes("\0\0003456\0\0"));
  }

  @Test
  default void severalBuffersAreFilledOneAfterTheOther() throws Exception {
    ObjectStore store = store();
    store.put("digits", bytes("0123456789"));
    ByteBuffer first = ByteBuffer.allocate(4).position(1);
    ByteBuffer none = ByteBuffer.allocate(0);
    ByteBuffer direct = ByteBuffer.allocateDirect(2);
    ByteBuffer last = ByteBuffer.allocate(9);
    assertThat(store.read("digits", 2, first, none, direct, last)).isEqualTo(8);
    assertThat(first.flip().position(1)).isEqualTo(ByteBuffer.wrap(bytes("234")));
    assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(bytes("56")));
    assertThat(last.flip()).isEqualTo(ByteBuffer.wrap(bytes("789")));
  }

  @Test
  default void aDirectBufferIsFilledToo() throws Exception {
    ObjectStore store = store();
    store.put("digits", bytes("0123456789"));
    ByteBuffer into = ByteBuffer.allocateDirect(4);
    store.readFully("digits", 6, into);
    assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(bytes("6789")));
  }

  @Test
  default void aReadStopsAtTheEnd() throws Exception {
    ObjectStore store = store();
    store.put("digits", bytes("0123456789"));
    assertThat(store.read("digits", 7, ByteBuffer.allocate(10))).isEqualTo(3);
    assertThat(store.read("digits", 10, ByteBuffer.allocate(10))).isZero();
    assertThat(store.read("digits", 1000, ByteBuffer.allocate(10))).isZero();
    assertThat(store.read("digits", 1, ByteBuffer.allocate(0))).isZero();
  }

  @Test
  default void aReadThatMustBeFullFindsATruncatedObjectDamaged() throws Exception {
    ObjectStore store = store();
    store.put("digits", bytes("0123456789"));
    assertThatThrownBy(() -> store.readFully("digits", 7, ByteBuffer.allocate(4)))
        .isInstanceOf(ThermoclineException.class)
        .hasMessageContaining("digits")
        .extracting("kind")
        .isEqualTo(ErrorKind.CORRUPT);
  }

  @Test
  default void aWholeObjectLargerThanAllowedIsRefused() throws Exception {
    ObjectStore store = store();
    store.put("digits", bytes("0123456789"));
    assertThat(store.get("digits", 10)).hasSize(10);
    assertThat(kind(() -> store.get("digits", 9))).isEqualTo(ErrorKind.INVALID);
  }

  @Test
  default void whatIsMissingIsNotFound() throws Exception {
    ObjectStore store = store();
    assertThat(store.head("no/such")).isEmpty();
    assertThat(kind(() -> store.get("no/such", 10))).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(kind(() -> store.read("no/such", 5, ByteBuffer.allocate(5))))
        .isEqualTo(ErrorKind.NOT_FOUND);
    try (InputStream in = store.open("no/such")) {
      assertThat(kind(in::read)).isEqualTo(ErrorKind.NOT_FOUND);
    }
  }

  @Test
  default void headTellsSizeAndTime() throws Exception {
    ObjectStore store = store();
    store.put("x/y", random(1234));
    ObjectInfo info = store.head("x/y").orElseThrow();
    assertThat(info.key()).isEqualTo("x/y");
    assertThat(info.size()).isEqualTo(1234);
    assertThat(info.modified()).isAfter("2026-01-01T00:00:00Z");
    assertThat(store.head("x")).isEmpty();
  }

  @Test
  default void aConditionalPutWritesOnlyWhereNothingIs() throws Exception {
    ObjectStore store = store();
    assertThat(store.putIfAbsent("c/1", bytes("first"))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(store.putIfAbsent("c/1", bytes("second"))).isEqualTo(PutOutcome.EXISTS);
    assertThat(store.putIfAbsent("c/1", bytes("first"))).isEqualTo(PutOutcome.EXISTS);
    assertThat(store.get("c/1", 100)).isEqualTo(bytes("first"));
    store.delete("c/1");
    assertThat(store.putIfAbsent("c/1", bytes("third"))).isEqualTo(PutOutcome.WRITTEN);
  }

  @Test
  default void aConditionalRaceHasExactlyOneWinner() throws Exception {
    ObjectStore store = store();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 10; round++) {
        String key = "race/" + round;
        List<Callable<PutOutcome>> racers =
            IntStream.range(0, 8)
                .mapToObj(
                    i -> (Callable<PutOutcome>) () -> store.putIfAbsent(key, bytes("racer " + i)))
                .toList();
        List<Integer> winners = winners(threads.invokeAll(racers));
        assertThat(winners).hasSize(1);
        assertThat(store.get(key, 100)).isEqualTo(bytes("racer " + winners.get(0)));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Integer> winners(List<Future<PutOutcome>> outcomes)
      throws InterruptedException, ExecutionException {
    List<Integer> winners = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i).get() == PutOutcome.WRITTEN) {
        winners.add(i);
      }
    }
    return winners;
  }

  @Test
  default void deletedIsGoneAndDeletingAgainIsHarmless() throws Exception {
    ObjectStore store = store();
    store.put("d/1", bytes("x"));
    store.delete("d/1");
    store.delete("d/1");
    store.delete("never/was");
    assertThat(store.head("d/1")).isEmpty();
    store.put("d/2", bytes("x"));
    assertThat(list(store, "d/")).containsExactly("d/2");
  }

  @Test
  default void manyAreDeletedTogether() throws Exception {
    ObjectStore store = store();
    List<String> keys = IntStream.range(0, 30).mapToObj(i -> "many/" + i % 3 + "/" + i).toList();
    keys.forEach(key -> store.put(key, bytes(key)));
    store.put("many/other", bytes("stays"));
    store.deleteAll(Stream.concat(keys.stream(), Stream.of("many/absent")).toList());
    store.deleteAll(List.of());
    assertThat(list(store, "many/")).containsExactly("many/other");
  }

  @Test
  default void aListShowsWhatBeginsWithThePrefix() throws Exception {
    ObjectStore store = store();
    for (String key : List.of("t/a/1", "t/a/2", "t/ab", "t/b/1", "u")) {
      store.put(key, bytes(key));
    }
    assertThat(list(store, "")).containsExactlyInAnyOrder("t/a/1", "t/a/2", "t/ab", "t/b/1", "u");
    assertThat(list(store, "t/a")).containsExactlyInAnyOrder("t/a/1", "t/a/2", "t/ab");
    assertThat(list(store, "t/a/")).containsExactlyInAnyOrder("t/a/1", "t/a/2");
    assertThat(list(store, "t/a/2")).containsExactly("t/a/2");
    assertThat(list(store, "none/")).isEmpty();
    List<ObjectInfo> infos = new ArrayList<>();
    store.list("t/ab", infos::add);
    assertThat(infos.get(0).size()).isEqualTo(4);
  }

  @Test
  default void aListStopsWhenToldAndItsVisitorMayUseTheStore() throws Exception {
    ObjectStore store = store();
    for (int i = 0; i < 10; i++) {
      store.put("l/" + i, bytes("x"));
    }
    List<String> seen = new ArrayList<>();
    store.list(
        "l/",
        info -> {
          store.delete(info.key());
          seen.add(info.key());
          return seen.size() < 4;
        });
    assertThat(seen).hasSize(4);
    assertThat(list(store, "l/")).hasSize(6);
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {0, 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 12_345})
  default void aFileIsUploadedWhole(int size, @TempDir Path directory) throws Exception {
    ObjectStore store = store();
    byte[] content = random(size);
    Path file = Files.write(directory.resolve("file"), content);
    store.upload("data/0/file.parquet", file);
    Files.delete(file);
    assertThat(store.head("data/0/file.parquet").orElseThrow().size()).isEqualTo(size);
    try (InputStream in = store.open("data/0/file.parquet")) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
  }

  @Test
  default void anUploadReplacesAndMayBeRepeated(@TempDir Path directory) throws Exception {
    ObjectStore store = store();
    store.put("f", bytes("old"));
    Path file = Files.write(directory.resolve("file"), bytes("new"));
    store.upload("f", file);
    store.upload("f", file);
    assertThat(store.get("f", 10)).isEqualTo(bytes("new"));
    assertThat(list(store, "")).containsExactly("f");
  }

  @Test
  default void anUploadOfNoFileIsRefused(@TempDir Path directory) throws Exception {
    ObjectStore store = store();
    assertThat(
            kind(
                () -> {
                  store.upload("f", directory.resolve("absent"));
                  return null;
                }))
        .isEqualTo(ErrorKind.INVALID);
    assertThat(store.head("f")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b/c d",
        "plus+and%percent",
        "%2e%2e/%2F",
        "eq=al&amp?query#fragment",
        "umlaut-äöü-日本-\uD83C\uDF0A",
        "dots...and..more/..x/.hidden",
        "quotes'\"<>{}[]|^~`*:;,@!$()",
      })
  default void oddKeysAreJustKeys(String key) throws Exception {
    ObjectStore store = store();
    store.put(key, bytes(key));
    store.put(key + "2", bytes("other"));
    assertThat(store.get(key, 100)).isEqualTo(bytes(key));
    assertThat(list(store, "")).containsExactlyInAnyOrder(key, key + "2");
    assertThat(store.keyOf(store.location(key))).contains(key);
    store.deleteAll(List.of(key));
    assertThat(list(store, "")).containsExactly(key + "2");
    store.delete(key + "2");
    assertThat(list(store, "")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "a\0b", "a\nb",
        "a\\b"
      })
  default void keysThatCouldLeaveTheWarehouseAreRefused(String key) throws Exception {
    ObjectStore store = store();
    assertThat(kind(() -> store.get(key, 10))).isEqualTo(ErrorKind.INVALID);
    assertThat(kind(() -> store.head(key))).isEqualTo(ErrorKind.INVALID);
    assertThat(kind(() -> store.putIfAbsent(key, bytes("x")))).isEqualTo(ErrorKind.INVALID);
    assertThat(kind(() -> store.localPath(key))).isEqualTo(ErrorKind.INVALID);
  }

  @Test
  default void aKeyThatIsTooLongIsRefused() throws Exception {
    ObjectStore store = store();
    assertThat(kind(() -> store.head("ä".repeat(451)))).isEqualTo(ErrorKind.INVALID);
    assertThat(store.head(("ä".repeat(100) + "/").repeat(4) + "x")).isEmpty();
  }

  @Test
  default void locationsAndKeysBelongTogether() throws Exception {
    ObjectStore store = store();
    String location = store.location("ns/t/metadata/v1.json");
    assertThat(location).startsWith(store.location("") + "/").endsWith("/ns/t/metadata/v1.json");
    assertThat(store.keyOf(location)).contains("ns/t/metadata/v1.json");
    assertThat(store.keyOf(store.location(""))).contains("");
    assertThat(store.keyOf(store.location("") + "x/y")).isEmpty();
    assertThat(store.keyOf("gs://elsewhere/y")).isEmpty();
  }

  @Test
  default void aStreamReadsAllInOrder() throws Exception {
    ObjectStore store = store();
    byte[] content = random(3 << 20);
    store.put("big", content);
    try (InputStream in = store.open("big")) {
      assertThat(in.read()).isEqualTo(content[0] & 0xff);
      in.skipNBytes(1_000_000);
      byte[] rest = in.readAllBytes();
      assertThat(rest).hasSize(content.length - 1_000_001);
      assertThat(rest[12345]).isEqualTo(content[1_012_346]);
      assertThat(rest[rest.length - 1]).isEqualTo(content[content.length - 1]);
    }
  }

  @Test
  default void aClosedStreamAndAClosedStoreRefuse() throws Exception {
    ObjectStore store = store();
    store.put("k", bytes("x"));
    InputStream in = store.open("k");
    in.close();
    assertThatThrownBy(in::read).isInstanceOf(IOException.class);
    store.close();
    store.close();
    assertThat(kind(() -> store.head("k"))).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    assertThat(kind(() -> store.putIfAbsent("k", bytes("y"))))
        .isEqualTo(ErrorKind.FAILED_PRECONDITION);
    assertThat(kind(() -> store.get("k", 10))).isEqualTo(ErrorKind.FAILED_PRECONDITION);
  }
}
