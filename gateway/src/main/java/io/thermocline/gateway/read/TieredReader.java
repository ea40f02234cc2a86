package io.thermocline.gateway.read;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Tier;
import io.thermocline.model.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Both tiers as one log: any offset from log start to end, with no gap, no repeat and no reordering
 * at the seam.
 *
 * <p>Rests on one thing: a record is committed to the cold tier before it leaves the hot one. So
 * what lies before hot's start is asked of cold, and all else of hot first; if it says that the
 * offset lies before its start by now, cold has it, unless hot was trimmed or the log start moved
 * between the two questions. Then both are asked again.
 *
 * <p>Thread-safe; methods return at once. The futures complete on the cold pool's threads or on
 * threads of the hot tier.
 */
public final class TieredReader {
  /**
   * How often both tiers are asked about one offset. Each round but the first means that the log
   * moved on meanwhile, which it does at most as often as policies run.
   */
  private static final int MAX_ROUNDS = 8;

  private final HotTier hot;
  private final ColdTier cold;
  private final ReadPools pools;

  /** A reader over both tiers, which stay the caller's. */
  public TieredReader(HotTier hot, ColdTier cold, ReadPools pools) {
    this.hot = hot;
    this.cold = cold;
    this.pools = pools;
  }

  /** What a partition has, over both tiers, without I/O. */
  public Bounds bounds(TopicPartition id) {
    PartitionState state = hot.state(id);
    long logStart =
        cold.lastKnown(id.topic())
            .map(table -> table.partition(id.partition()).logStart())
            .map(inTable -> Math.max(inTable, state.logStart()))
            .orElse(state.logStart());
    return new Bounds(Math.min(logStart, state.end()), state.hotStart(), state.end());
  }

  /**
   * The readable offsets of a partition.
   *
   * @param logStart first readable offset
   * @param hotStart first offset that the hot tier serves
   * @param end one past the last durable record
   */
  public record Bounds(long logStart, long hotStart, long end) {}

  /**
   * Reads what is durable, from whichever tier has it, without waiting for more.
   *
   * @param from first offset wanted
   * @param maxBytes soft limit on the batches' bytes; one batch is given even if it is larger
   * @param atTail whether the reader was at the end a moment ago, so that its records are fresh
   * @return what also carries whatever is thrown; fails with {@link ErrorKind#OUT_OF_RANGE} outside
   *     {@code [log start, end]}, {@link ErrorKind#TRANSIENT} while the cold tier is away, and what
   *     the tiers fail with
   */
  public CompletableFuture<TieredRead> read(
      TopicPartition id, long from, int maxBytes, boolean atTail) {
    try {
      return read(id, from, maxBytes, atTail, 1);
    } catch (RuntimeException | Error failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private CompletableFuture<TieredRead> read(
      TopicPartition id, long from, int maxBytes, boolean atTail, int round) {
    Bounds bounds = checkReadable(id, from);
    if (from < bounds.hotStart()) {
      // The hot tier's start only rises: a replay need not wait for its threads to say so.
      return fromCold(id, from, maxBytes, round);
    }
    return pools
        .hot(atTail, () -> hot.read(id, from, maxBytes))
        .thenCompose(
            answer -> {
              if (answer instanceof ReadResult.Progress progress) {
                return CompletableFuture.completedFuture(answer(id, Tier.HOT, progress));
              }
              if (answer instanceof ReadResult.BeforeStart) {
                return fromCold(id, from, maxBytes, round);
              }
              return CompletableFuture.completedFuture(atEnd(id, from));
            });
  }

  private CompletableFuture<TieredRead> fromCold(
      TopicPartition id, long from, int maxBytes, int round) {
    return pools.cold(() -> coldOrAgain(id, from, maxBytes, round, cold.read(id, from, maxBytes)));
  }

  private CompletableFuture<TieredRead> coldOrAgain(
      TopicPartition id, long from, int maxBytes, int round, ReadResult answer) {
    if (answer instanceof ReadResult.Progress progress) {
      return CompletableFuture.completedFuture(answer(id, Tier.COLD, progress));
    }
    if (answer instanceof ReadResult.BeforeStart before) {
      Bounds bounds = bounds(id);
      return CompletableFuture.failedFuture(
          outOfRange(
              id,
              from,
              new Bounds(
                  Math.max(bounds.logStart(), before.start()), bounds.hotStart(), bounds.end())));
    }
    if (round < MAX_ROUNDS) {
      return read(id, from, maxBytes, false, round + 1);
    }
    return CompletableFuture.failedFuture(gap(id, from));
  }

  private TieredRead answer(TopicPartition id, Tier tier, ReadResult.Progress progress) {
    // Asked after the read: the end has only grown since, so the answer never goes past it.
    Bounds bounds = bounds(id);
    return new TieredRead(
        tier,
        progress.batches(),
        progress.nextOffset(),
        progress.lost(),
        bounds.logStart(),
        bounds.end());
  }

  /**
   * Tells the tier that gave these batches that they are sent. To be said once, and of batches that
   * nobody looks at any more.
   */
  public void sent(Tier tier, List<RecordBatch> batches) {
    switch (tier) {
      case HOT -> hot.giveBack(batches);
      case COLD -> cold.giveBack(batches);
    }
  }

  private TieredRead atEnd(TopicPartition id, long from) {
    Bounds bounds = bounds(id);
    // Records that came since belong to the next read, which a reader short of the end makes.
    return new TieredRead(Tier.HOT, List.of(), from, List.of(), bounds.logStart(), bounds.end());
  }

  /**
   * Refuses an offset nobody can read from.
   *
   * @return what the partition has
   * @throws ThermoclineException {@link ErrorKind#OUT_OF_RANGE} outside {@code [log start, end]}
   */
  public Bounds checkReadable(TopicPartition id, long from) {
    Bounds bounds = bounds(id);
    if (from < bounds.logStart() || from > bounds.end()) {
      throw outOfRange(id, from, bounds);
    }
    return bounds;
  }

  private static ThermoclineException outOfRange(TopicPartition id, long from, Bounds bounds) {
    return new ThermoclineException(
            ErrorKind.OUT_OF_RANGE,
            "Offset %d of %s is outside its readable range [%d, %d]: seek into it"
                .formatted(from, id, bounds.logStart(), bounds.end()))
        .with(
            Map.of(
                "logStart", Long.toString(bounds.logStart()),
                "end", Long.toString(bounds.end())));
  }

  private ThermoclineException gap(TopicPartition id, long from) {
    long hotStart = bounds(id).hotStart();
    return new ThermoclineException(
            ErrorKind.CORRUPT,
            "Offset %d of %s is in neither tier: resume at %d".formatted(from, id, hotStart))
        .with(Map.of("from", Long.toString(from), "resumeAt", Long.toString(hotStart)));
  }

  /**
   * The smallest readable offset whose record has this timestamp or a later one. Timestamps need
   * not ascend, so the cold tier is asked about all it alone has before the hot one is.
   *
   * @return empty when there is none
   */
  public CompletableFuture<Optional<OffsetAndTimestamp>> offsetForTimestamp(
      TopicPartition id, long timestampMillis) {
    try {
      Bounds bounds = bounds(id);
      return smallestIn(id, timestampMillis, bounds.logStart(), bounds.hotStart(), 1);
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /**
   * @param searchedTo everything readable below it was searched, in vain
   * @param hotStart where the hot tier began when we looked
   */
  private CompletableFuture<Optional<OffsetAndTimestamp>> smallestIn(
      TopicPartition id, long timestampMillis, long searchedTo, long hotStart, int round) {
    if (round > MAX_ROUNDS) {
      return CompletableFuture.failedFuture(trimmedAgainAndAgain(id));
    }
    CompletableFuture<Optional<OffsetAndTimestamp>> inCold =
        hotStart <= searchedTo
            ? CompletableFuture.completedFuture(Optional.empty())
            : pools.cold(
                () ->
                    CompletableFuture.completedFuture(
                        cold.offsetForTimestamp(
                            id, new OffsetRange(searchedTo, hotStart), timestampMillis)));
    return inCold.thenCompose(
        found -> {
          long readableFrom = bounds(id).logStart();
          if (found.isPresent() && found.get().offset() >= readableFrom) {
            return CompletableFuture.completedFuture(found);
          }
          if (found.isPresent()) {
            // Expired while we looked: what is left begins at the new log start.
            return smallestIn(id, timestampMillis, readableFrom, bounds(id).hotStart(), round + 1);
          }
          return smallestInHot(id, timestampMillis, Math.max(searchedTo, hotStart), round);
        });
  }

  private CompletableFuture<Optional<OffsetAndTimestamp>> smallestInHot(
      TopicPartition id, long timestampMillis, long from, int round) {
    return pools
        .hot(false, () -> hot.offsetForTimestamp(id, from, timestampMillis))
        .thenCompose(
            found -> {
              Bounds now = bounds(id);
              // Trimmed meanwhile: hot may have looked only behind what it had let go of.
              long passedOver = Math.min(now.hotStart(), now.end());
              if (passedOver > from && now.logStart() < passedOver) {
                return smallestIn(
                    id, timestampMillis, Math.max(from, now.logStart()), passedOver, round + 1);
              }
              return CompletableFuture.completedFuture(found);
            });
  }

  /**
   * The first of the readable records with the largest timestamp, over both tiers.
   *
   * @return empty when there is no record
   */
  public CompletableFuture<Optional<OffsetAndTimestamp>> maxTimestamp(TopicPartition id) {
    return maxTimestamp(id, 1);
  }

  private CompletableFuture<Optional<OffsetAndTimestamp>> maxTimestamp(
      TopicPartition id, int round) {
    Bounds bounds;
    try {
      bounds = bounds(id);
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
    if (round > MAX_ROUNDS) {
      return CompletableFuture.failedFuture(trimmedAgainAndAgain(id));
    }
    LargestTimestamp largest = new LargestTimestamp();
    return pools
        .cold(() -> CompletableFuture.completedFuture(coldMaxTimestamp(id, bounds)))
        .thenCompose(
            inCold -> {
              largest.offer(inCold);
              return pools.hot(false, () -> hot.maxTimestamp(id, bounds.hotStart()));
            })
        .thenCompose(
            inHot -> {
              largest.offer(inHot);
              Bounds now = bounds(id);
              boolean expired =
                  largest.found().filter(best -> best.offset() < now.logStart()).isPresent();
              // Trimmed meanwhile: what lay between was looked for in neither tier.
              boolean moved = now.hotStart() > bounds.hotStart();
              return expired || moved
                  ? maxTimestamp(id, round + 1)
                  : CompletableFuture.completedFuture(largest.found());
            });
  }

  private Optional<OffsetAndTimestamp> coldMaxTimestamp(TopicPartition id, Bounds bounds) {
    return bounds.logStart() < bounds.hotStart()
        ? cold.maxTimestamp(id, new OffsetRange(bounds.logStart(), bounds.hotStart()))
        : Optional.empty();
  }

  private static ThermoclineException trimmedAgainAndAgain(TopicPartition id) {
    return new ThermoclineException(
        ErrorKind.TRANSIENT,
        "The hot tier of %s was trimmed again and again under a search by time".formatted(id));
  }
}
