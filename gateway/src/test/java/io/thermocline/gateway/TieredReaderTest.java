package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.gateway.read.ReadGate;
import io.thermocline.gateway.read.ReadPools;
import io.thermocline.gateway.read.TieredRead;
import io.thermocline.gateway.read.TieredReader;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Tier;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way in which the two tiers can answer, one after the other. */
class TieredReaderTest {
  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final MemoryHotTier hot = new MemoryHotTier(topics, clock);
  private final MemoryColdTier cold = new MemoryColdTier();
  private final MemoryTiering tiering = new MemoryTiering(topics, hot, cold);
  private final TopicPartition id = topics.create("t", 1).partition(0);

  private TieredReader reader(ColdTier over) {
    return new TieredReader(
        hot, over, new ReadPools(new ReadGate(2, 10, Runnable::run), Runnable::run));
  }

  private TieredRead read(long from) {
    return Await.result(reader(cold).read(id, from, 1 << 20, false));
  }

  private void append(long from, int count) {
    Await.result(
        hot.append(
            id,
            TestBatches.content(
                io.thermocline.model.Compression.NONE, Records.plain(from, count))));
    Await.result(hot.seal(id));
  }

  /** Offsets [0, 10) in the cold tier alone, [10, 20) in both, [20, 30) in the hot one alone. */
  private void layOut() {
    append(0, 10);
    append(10, 10);
    var unused = tiering.tier(id);
    tiering.trim(id, 10);
    append(20, 10);
  }

  @Test
  void eachTierAnswersForWhatItHasAndHotForWhatBothHave() {
    layOut();
    assertThat(read(0).tier()).isEqualTo(Tier.COLD);
    assertThat(read(9).tier()).isEqualTo(Tier.COLD);
    assertThat(read(10).tier()).isEqualTo(Tier.HOT);
    assertThat(read(29).tier()).isEqualTo(Tier.HOT);
    TieredRead atEnd = read(30);
    assertThat(atEnd.batches()).isEmpty();
    assertThat(atEnd.caughtUp()).isTrue();
    assertThat(atEnd.nextOffset()).isEqualTo(30);
  }

  @Test
  void whatLiesBeforeTheHotTiersStartIsNotAskedOfIt() {
    layOut();
    HotTier busy =
        new ForwardingHotTier(hot) {
          @Override
          public CompletableFuture<ReadResult> read(TopicPartition at, long from, int maxBytes) {
            return from < 10 ? new CompletableFuture<>() : super.read(at, from, maxBytes);
          }
        };
    TieredReader reader =
        new TieredReader(
            busy, cold, new ReadPools(new ReadGate(2, 10, Runnable::run), Runnable::run));
    assertThat(reader.read(id, 9, 1 << 20, true)).isCompleted();
    assertThat(reader.read(id, 10, 1 << 20, false)).isCompleted();
  }

  @Test
  void outsideIsOutOfRangeAndNamesTheRange() {
    layOut();
    tiering.expire(id, 5);
    for (long outside : new long[] {0, 4, 31, Long.MAX_VALUE}) {
      ThermoclineException failure = Await.failure(() -> reader(cold).read(id, outside, 1, false));
      assertThat(failure.kind()).isEqualTo(ErrorKind.OUT_OF_RANGE);
      assertThat(failure.details()).containsEntry("logStart", "5").containsEntry("end", "30");
    }
    assertThat(read(5).tier()).isEqualTo(Tier.COLD);
  }

  @Test
  void logStartOfTheTableCountsWhereItIsHigher() {
    layOut();
    ColdTier expired =
        new ForwardingColdTier(cold) {
          @Override
          public ReadResult read(TopicPartition partition, long from, int maxBytes) {
            return from < 7 ? new ReadResult.BeforeStart(7) : super.read(partition, from, maxBytes);
          }
        };
    ThermoclineException failure = Await.failure(() -> reader(expired).read(id, 3, 1, false));
    assertThat(failure.kind()).isEqualTo(ErrorKind.OUT_OF_RANGE);
    assertThat(failure.details()).containsEntry("logStart", "7");
  }

  @Test
  void trimBetweenTheTwoQuestionsIsFollowed() {
    append(0, 10);
    append(10, 10);
    // The hot tier answers "before my start" while the table is asked a moment too early: it is
    // asked again, and has it.
    AtomicInteger asked = new AtomicInteger();
    ColdTier late =
        new ForwardingColdTier(cold) {
          @Override
          public ReadResult read(TopicPartition partition, long from, int maxBytes) {
            return asked.getAndIncrement() < 3
                ? new ReadResult.AtEnd(0)
                : super.read(partition, from, maxBytes);
          }
        };
    tiering.trim(id, tiering.tier(id));
    TieredRead read = Await.result(reader(late).read(id, 0, 1 << 20, false));
    assertThat(read.tier()).isEqualTo(Tier.COLD);
    assertThat(TestBatches.decode(read.batches())).isEqualTo(Records.plain(0, 20));
    assertThat(asked).hasValue(4);
  }

  @Test
  void offsetsInNeitherTierAreDataLossThatSaysWhereToResume() {
    append(0, 10);
    append(10, 10);
    hot.trimmedByAnother(id, 10);
    ThermoclineException failure = Await.failure(() -> reader(cold).read(id, 3, 1, false));
    assertThat(failure.kind()).isEqualTo(ErrorKind.CORRUPT);
    assertThat(failure.details()).containsEntry("resumeAt", "10");
  }

  @Test
  void coldTierAwayIsTransientAndHotReadsGoOn() {
    layOut();
    ColdTier away =
        new ForwardingColdTier(cold) {
          @Override
          public ReadResult read(TopicPartition partition, long from, int maxBytes) {
            throw new ThermoclineException(ErrorKind.TRANSIENT, "the store is away");
          }
        };
    Await.fails(ErrorKind.TRANSIENT, () -> reader(away).read(id, 0, 1, false));
    assertThat(Await.result(reader(away).read(id, 10, 1 << 20, false)).tier()).isEqualTo(Tier.HOT);
  }

  @Test
  void unknownPartitionIsNotFound() {
    var unused = topics.beginDelete(id.topic(), true);
    Await.fails(ErrorKind.NOT_FOUND, () -> reader(cold).read(id, 0, 1, false));
    Await.fails(ErrorKind.NOT_FOUND, () -> reader(cold).offsetForTimestamp(id, 0));
  }

  @Test
  void searchByTimeAsksBothTiersAndTakesTheSmallestOffset() {
    layOut();
    for (long offset = 0; offset < 30; offset++) {
      long timestamp = Records.NOON + offset;
      assertThat(Await.result(reader(cold).offsetForTimestamp(id, timestamp)))
          .contains(new OffsetAndTimestamp(offset, timestamp));
    }
    assertThat(Await.result(reader(cold).offsetForTimestamp(id, Records.NOON + 30))).isEmpty();
    assertThat(Await.result(reader(cold).offsetForTimestamp(id, Long.MIN_VALUE)))
        .contains(new OffsetAndTimestamp(0, Records.NOON));
  }

  @Test
  void searchByTimeLooksAgainAtWhatWasTrimmedUnderIt() {
    layOut();
    ColdTier trimming =
        new ForwardingColdTier(cold) {
          @Override
          public Optional<OffsetAndTimestamp> offsetForTimestamp(
              TopicPartition partition, OffsetRange range, long timestampMillis) {
            Optional<OffsetAndTimestamp> found =
                super.offsetForTimestamp(partition, range, timestampMillis);
            // What the hot tier still had when we began to look leaves it now.
            tiering.trim(partition, 20);
            return found;
          }
        };
    assertThat(Await.result(reader(trimming).offsetForTimestamp(id, Records.NOON + 15)))
        .contains(new OffsetAndTimestamp(15, Records.NOON + 15));
  }

  /** Timestamps jump about, so that either tier may have the answer, wherever the seam lies. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everySearchByTimeAgreesWithReadingAll(long seed) {
    Random random = new Random(seed);
    List<OffsetAndTimestamp> all = new ArrayList<>();
    for (int step = 0; step < 12; step++) {
      long[] times = random.longs(1 + random.nextInt(4), 0, 40).toArray();
      Await.result(
          hot.append(
              id,
              TestBatches.content(
                  io.thermocline.model.Compression.NONE, Records.timed(all.size(), times))));
      for (long time : times) {
        all.add(new OffsetAndTimestamp(all.size(), time));
      }
      Await.result(hot.seal(id));
      if (random.nextInt(3) == 0) {
        var unused = tiering.tier(id);
        tiering.trim(id, random.nextLong(all.size() + 1));
      }
      if (hot.state(id).hotStart() > 0 && random.nextInt(4) == 0) {
        tiering.expire(id, random.nextLong(hot.state(id).hotStart() + 1));
      }
      long logStart = hot.state(id).logStart();
      List<OffsetAndTimestamp> readable =
          all.stream().filter(record -> record.offset() >= logStart).toList();
      for (long time = 0; time <= 41; time++) {
        long wanted = time;
        assertThat(Await.result(reader(cold).offsetForTimestamp(id, wanted)))
            .isEqualTo(readable.stream().filter(r -> r.timestampMillis() >= wanted).findFirst());
      }
      LargestTimestamp largest = new LargestTimestamp();
      readable.forEach(record -> largest.offer(Optional.of(record)));
      assertThat(Await.result(reader(cold).maxTimestamp(id))).isEqualTo(largest.found());
    }
  }

  @Test
  void searchByTimeNeverFindsWhatHasExpired() {
    layOut();
    tiering.expire(id, 13);
    assertThat(Await.result(reader(cold).offsetForTimestamp(id, 0)))
        .contains(new OffsetAndTimestamp(13, Records.NOON + 13));
  }
}
