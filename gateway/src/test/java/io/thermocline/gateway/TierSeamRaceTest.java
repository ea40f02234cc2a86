package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.gateway.read.ReadGate;
import io.thermocline.gateway.read.ReadPools;
import io.thermocline.gateway.read.TieredRead;
import io.thermocline.gateway.read.TieredReader;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.Quirks;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Readers go over the seam while records are appended, tiered, trimmed and expired under them. How
 * much is done is fixed by counts: each test ends when everything was appended and read.
 */
class TierSeamRaceTest {
  private static final int BATCHES = 400;

  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final MemoryColdTier cold = new MemoryColdTier();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ExecutorService readers = Executors.newFixedThreadPool(3);
  private final TopicPartition id = topics.create("raced", 1).partition(0);

  @AfterEach
  void end() {
    threads.shutdownNow();
    readers.shutdownNow();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  void readersSeeEachRecordOnceAndInOrderWhateverMovesUnderThem(long seed) {
    MemoryHotTier hot = new MemoryHotTier(topics, clock);
    List<StoredRecord> written = race(seed, hot, 2, false);
    assertThat(written).hasSizeGreaterThan(BATCHES);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  void alsoWhenTheHotTierHasGapsEmptyReadsAndSplits(long seed) {
    MemoryHotTier hot = new MemoryHotTier(topics, clock, Quirks.ALL, Runnable::run);
    List<StoredRecord> written = race(seed, hot, 2, false);
    assertThat(written).hasSizeGreaterThan(BATCHES);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  void alsoWhenWhatIsBehindThemExpires(long seed) {
    MemoryHotTier hot = new MemoryHotTier(topics, clock);
    List<StoredRecord> written = race(seed, hot, 1, true);
    assertThat(written).hasSizeGreaterThan(BATCHES);
    assertThat(hot.state(id).logStart()).isPositive();
  }

  private List<StoredRecord> race(long seed, MemoryHotTier hot, int count, boolean expire) {
    MemoryTiering tiering = new MemoryTiering(topics, hot, cold);
    TieredReader reader = reader(hot);
    List<StoredRecord> written = new ArrayList<>();
    AtomicLong behind = new AtomicLong();
    CompletableFuture<Void> appending =
        CompletableFuture.runAsync(() -> append(new Random(seed), hot, written), threads);
    List<CompletableFuture<List<StoredRecord>>> reading = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Random random = new Random(seed * 31 + i);
      reading.add(
          CompletableFuture.supplyAsync(
              () -> readAll(random, reader, hot, appending, behind), threads));
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(reading.toArray(CompletableFuture[]::new));
    CompletableFuture<Void> moving =
        CompletableFuture.runAsync(
            () -> move(new Random(-seed), tiering, all, hot, expire, behind), threads);
    Await.result(appending);
    for (CompletableFuture<List<StoredRecord>> seen : reading) {
      assertThat(Await.result(seen)).isEqualTo(written);
    }
    Await.result(moving);
    return written;
  }

  private TieredReader reader(MemoryHotTier hot) {
    return new TieredReader(hot, cold, new ReadPools(new ReadGate(1, 10, readers), readers));
  }

  private void append(Random random, MemoryHotTier hot, List<StoredRecord> written) {
    for (int batch = 0; batch < BATCHES; batch++) {
      List<StoredRecord> records = Records.random(random, 0, 1 + random.nextInt(5));
      long base =
          Await.result(hot.append(id, TestBatches.content(Compression.NONE, records))).baseOffset();
      records.forEach(record -> written.add(record.at(base + record.offset())));
      if (random.nextInt(4) == 0) {
        Await.result(hot.seal(id));
      }
    }
  }

  /** Tiers, trims and expires until all is read, and once more after that. */
  private void move(
      Random random,
      MemoryTiering tiering,
      CompletableFuture<Void> reading,
      MemoryHotTier hot,
      boolean expire,
      AtomicLong behind) {
    boolean last;
    do {
      last = reading.isDone();
      long upTo = tiering.tier(id) - random.nextInt(10);
      if (upTo > 0) {
        tiering.trim(id, upTo);
      }
      if (expire) {
        tiering.expire(id, behind.get());
      }
    } while (!last);
    assertThat(hot.state(id).hotStart()).isPositive();
  }

  private List<StoredRecord> readAll(
      Random random,
      TieredReader reader,
      MemoryHotTier hot,
      CompletableFuture<Void> appending,
      AtomicLong behind) {
    List<StoredRecord> seen = new ArrayList<>();
    long next = 0;
    boolean all = false;
    while (!all) {
      boolean appended = appending.isDone();
      TieredRead read =
          Await.result(reader.read(id, next, 1 + random.nextInt(5_000), random.nextBoolean()));
      assertThat(read.nextOffset()).isGreaterThanOrEqualTo(next);
      for (StoredRecord record : TestBatches.decode(read.batches())) {
        if (record.offset() >= next) {
          assertThat(record.offset()).isLessThan(read.nextOffset());
          seen.add(record);
        }
      }
      next = read.nextOffset();
      behind.set(next);
      all = appended && read.caughtUp();
    }
    assertThat(next).isEqualTo(hot.state(id).end());
    return seen;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  void searchByTimeFindsTheSmallestOffsetWhileTheSeamMoves(long seed) {
    MemoryHotTier hot = new MemoryHotTier(topics, clock);
    MemoryTiering tiering = new MemoryTiering(topics, hot, cold);
    TieredReader reader = reader(hot);
    List<StoredRecord> written = new ArrayList<>();
    append(new Random(seed), hot, written);
    CompletableFuture<Void> moving =
        CompletableFuture.runAsync(
            () -> {
              for (long upTo = 0; upTo < hot.state(id).end(); upTo += 20) {
                var unused = tiering.tier(id);
                tiering.trim(id, upTo);
              }
            },
            threads);
    Random random = new Random(seed);
    int searched = 0;
    while (!moving.isDone() || searched < 50) {
      long timestamp = Records.NOON + random.nextInt(-110_000, 110_000);
      Optional<OffsetAndTimestamp> expected =
          written.stream()
              .filter(record -> record.timestampMillis() >= timestamp)
              .findFirst()
              .map(record -> new OffsetAndTimestamp(record.offset(), record.timestampMillis()));
      assertThat(Await.result(reader.offsetForTimestamp(id, timestamp))).isEqualTo(expected);
      searched++;
    }
    Await.result(moving);
  }
}
