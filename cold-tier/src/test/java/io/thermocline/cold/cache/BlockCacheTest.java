package io.thermocline.cold.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.parquet.RangeRead;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
  private static final int BLOCK = BlockCache.BLOCK_BYTES;
  private static final int REQUEST = 4 * BLOCK;

  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  private BlockCache cache(long bytes) {
    return cache(bytes, Await.DEADLINE);
  }

  private BlockCache cache(long bytes, Duration patience) {
    return new BlockCache(new BlockLimits(bytes, REQUEST, 2 * BLOCK, patience), threads, registry);
  }

  private double held() {
    return registry.get("thermocline.cold.cache.bytes").gauge().value();
  }

  private static void assertSame(CachedFile file, PatternFile stored, int from, int to) {
    byte[] read = new byte[to - from + 2];
    file.readFully(from, read, 1, to - from);
    assertThat(Arrays.copyOfRange(read, 1, read.length - 1))
        .as("bytes [%d, %d)", from, to)
        .isEqualTo(Arrays.copyOfRange(stored.bytes(), from, to));
  }

  @Test
  void anyBytesAreThoseOfTheFileWhateverElseIsReadAndHoweverLittleIsKept() {
    List<PatternFile> files =
        List.of(
            new PatternFile("a", 20 * BLOCK + 17, 1),
            new PatternFile("b", 3 * BLOCK, 2),
            new PatternFile("c", 100, 3));
    BlockCache cache = cache(6L * BLOCK);

    var unused =
        Together.run(
            4,
            reader -> {
              Random random = new Random(reader);
              for (int i = 0; i < 300; i++) {
                PatternFile stored = files.get(random.nextInt(3));
                CachedFile file = cache.file(stored, 0, false);
                int from = random.nextInt(stored.bytes().length);
                int most = Math.min(stored.bytes().length - from, 3 * BLOCK);
                int to = from + 1 + random.nextInt(most);
                if (random.nextBoolean()) {
                  byte[] both = new byte[to - from + 1];
                  file.readAll(
                      List.of(
                          new RangeRead(from, both, 0, to - from),
                          new RangeRead(0, both, to - from, 1)),
                      random.nextBoolean());
                  assertThat(Arrays.copyOf(both, to - from))
                      .isEqualTo(Arrays.copyOfRange(stored.bytes(), from, to));
                }
                if (random.nextInt(4) == 0) {
                  file.readOn(from, stored.length());
                }
                assertSame(file, stored, from, to);
                file.close();
              }
              return true;
            });

    Await.until("memory is given back", () -> held() <= 6.0 * BLOCK + 4 * 4 * BLOCK);
    assertSame(cache.file(files.get(2), 0, false), files.get(2), 0, 100);
    assertThat(held()).as("what is held when nobody reads").isLessThanOrEqualTo(6.0 * BLOCK);
  }

  @Test
  void aFetchEndsInTheCacheAlsoWhenNobodyWaitsForItAnyMore() {
    PatternFile stored = new PatternFile("slow", BLOCK, 1);
    stored.gate = new CountDownLatch(1);
    BlockCache cache = cache(8L * BLOCK, Duration.ofMillis(1));
    CachedFile file = cache.file(stored, 0, false);

    Await.throwsKind(ErrorKind.TRANSIENT, () -> file.readFully(0, new byte[9], 0, 9));
    Await.throwsKind(ErrorKind.TRANSIENT, () -> file.readFully(0, new byte[9], 0, 9));
    stored.gate.countDown();

    Await.until(
        "the bytes are here",
        () -> {
          try {
            assertSame(file, stored, 0, BLOCK);
            return true;
          } catch (ThermoclineException tooSoon) {
            return false;
          }
        });
    assertThat(stored.lengths).as("requests").containsExactly((long) BLOCK);
  }

  @Test
  void readersOfTheSameRangeShareOneFetch() {
    PatternFile stored = new PatternFile("shared", 4 * BLOCK, 1);
    BlockCache cache = cache(8L * BLOCK);

    var unused =
        Together.run(
            4,
            reader -> {
              assertSame(cache.file(stored, 0, false), stored, 0, 4 * BLOCK);
              return true;
            });

    assertThat(stored.lengths).containsExactly(4L * BLOCK);
  }

  @Test
  void aFetchThatFailedIsToldToAllWhoWaitAndMadeAgainForTheNext() {
    PatternFile stored = new PatternFile("flaky", 2 * BLOCK, 1);
    stored.refusals.set(1);
    BlockCache cache = cache(8L * BLOCK);
    CachedFile file = cache.file(stored, 0, false);

    Await.throwsKind(ErrorKind.TRANSIENT, () -> file.readFully(0, new byte[9], 0, 9));

    assertThat(held()).isZero();
    assertSame(file, stored, 0, BLOCK);
  }

  @Test
  void rangesThatLieApartTakeAsManyRequestsAsAllowedAndTheNearestAreJoined() {
    PatternFile stored = new PatternFile("apart", 100 * BLOCK, 1);
    BlockCache cache = cache(200L * BLOCK);
    List<Integer> places = List.of(0, 2 * BLOCK, 20 * BLOCK, 90 * BLOCK);

    readOneOfEach(cache.file(stored, 0, false), stored, places, false);
    assertThat(stored.lengths).containsExactlyInAnyOrder(3L * BLOCK, (long) BLOCK, (long) BLOCK);

    stored.lengths.clear();
    cache.forget("apart");
    readOneOfEach(cache.file(stored, 1, false), stored, places, false);
    assertThat(stored.lengths).containsExactlyInAnyOrder(21L * BLOCK, (long) BLOCK);
  }

  @Test
  void aReadThatLeadsToAnotherLeavesARequestForIt() {
    PatternFile stored = new PatternFile("leads", 100 * BLOCK, 1);
    BlockCache cache = cache(200L * BLOCK);
    CachedFile file = cache.file(stored, 1, false);

    readOneOfEach(file, stored, List.of(0, 20 * BLOCK), true);
    assertThat(stored.lengths).containsExactly(21L * BLOCK);
    readOneOfEach(file, stored, List.of(40 * BLOCK, 60 * BLOCK), false);

    assertThat(stored.lengths).containsExactly(21L * BLOCK, 21L * BLOCK);
    assertThat(file.requestsMade()).isEqualTo(3);
  }

  @Test
  void whatAReaderWaitsForMakesNoRoomForTheRestOfIt() {
    PatternFile stored = new PatternFile("large", 40 * BLOCK, 1);
    BlockCache cache = cache(8L * BLOCK);
    List<Integer> places = List.of(0, 10 * BLOCK, 20 * BLOCK, 39 * BLOCK);

    readOneOfEach(cache.file(stored, 1, false), stored, places, false);
    readOneOfEach(cache.file(stored, 2, false), stored, places, false);

    assertThat(stored.lengths).as("two parts of the file, then one").hasSize(3);
    assertThat(held()).isLessThanOrEqualTo(8.0 * BLOCK);
  }

  /** Reads a byte at each of these places at once. */
  private static void readOneOfEach(
      CachedFile file, PatternFile stored, List<Integer> places, boolean leads) {
    byte[] read = new byte[places.size()];
    List<RangeRead> reads = new ArrayList<>();
    for (int place : places) {
      reads.add(new RangeRead(place, read, reads.size(), 1));
    }
    file.readAll(reads, leads);
    for (int i = 0; i < read.length; i++) {
      assertThat(read[i]).isEqualTo(stored.bytes()[places.get(i)]);
    }
  }

  @Test
  void whatIsReadOnIsFetchedAheadInLargeRequestsButOnlyAsFarAsTheReaderComes() {
    int blocks = 64;
    PatternFile stored = new PatternFile("replay", blocks * BLOCK, 1);
    BlockCache cache = cache(16L * BLOCK);
    CachedFile file = cache.file(stored, 0, true);

    long mostAhead = 0;
    for (int block = 0; block < blocks; block++) {
      assertSame(file, stored, block * BLOCK, (block + 1) * BLOCK);
      file.readOn((block + 1L) * BLOCK, stored.length());
      long asked = stored.lengths.stream().mapToLong(Long::longValue).sum();
      mostAhead = Math.max(mostAhead, asked - (block + 1L) * BLOCK);
    }

    assertThat(mostAhead).isBetween(2L * REQUEST, 3L * REQUEST);
    assertThat(stored.lengths.stream().mapToLong(Long::longValue).sum())
        .as("nothing was fetched twice")
        .isEqualTo(stored.length());
    assertThat(stored.lengths).hasSizeLessThanOrEqualTo(2 + blocks / 4);
    file.close();
  }

  @Test
  void requestsOfAnySizeAreReadIntoTheSameArraysOverAndOver() {
    Set<byte[]> arrays =
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    PatternFile stored = new PatternFile("again", 100 * BLOCK, 1);
    stored.filled = arrays::add;
    BlockCache cache = cache(40L * BLOCK);

    Random random = new Random(7);
    for (int i = 0; i < 100; i++) {
      int from = random.nextInt(90 * BLOCK);
      int to = from + 1 + random.nextInt(10 * BLOCK);
      assertSame(cache.file(stored, 0, false), stored, from, to);
    }

    assertThat(arrays.size()).as("arrays for blocks").isLessThanOrEqualTo(40);
  }

  @Test
  void readersOfManyFilesGetOnWithTheMemoryThereIs() {
    int blocks = 40;
    BlockCache cache = cache(16L * BLOCK);

    List<PatternFile> files =
        Together.run(
            4,
            reader -> {
              PatternFile stored = new PatternFile("file-" + reader, blocks * BLOCK, reader);
              CachedFile file = cache.file(stored, 0, true);
              for (int block = 0; block < blocks; block++) {
                assertSame(file, stored, block * BLOCK, (block + 1) * BLOCK);
                file.readOn((block + 1L) * BLOCK, stored.length());
              }
              file.close();
              return stored;
            });

    assertThat(files)
        .allSatisfy(
            stored ->
                assertThat(stored.lengths.stream().mapToLong(Long::longValue).sum())
                    .isGreaterThanOrEqualTo(stored.length())
                    .isLessThan(2 * stored.length()));
    assertThat(held()).isLessThanOrEqualTo(16.0 * BLOCK);
  }
}
