package io.thermocline.gateway.audit;

import io.thermocline.codec.BatchChecker;
import io.thermocline.codec.BatchLimits;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads a partition's local copies and holds every batch to what it says of itself. One thread. */
final class HotReading {
  private static final int READ_BYTES = 1 << 20;
  private static final long PATIENCE_SECONDS = 60;

  /** After as many of one partition, the rest of it is not read. */
  private static final int MAX_SUSPICIONS = 1_000;

  private final HotTier hot;
  private final TopicPartition id;
  private final Round round;
  private final BatchChecker batches = new BatchChecker(BatchLimits.defaults());

  /** The local disk has what lies at or past it; before it, offsets were let go of. */
  private long keptFrom;

  private long readTo;

  /** What lies before it is in the totals, however often it is read. */
  private long countedTo;

  HotReading(HotTier hot, TopicPartition id, Round round) {
    this.hot = hot;
    this.id = id;
    this.round = round;
  }

  /** Where the last {@link #of} found the partition to begin. */
  long keptFrom() {
    return keptFrom;
  }

  /** How far the last {@link #of} came: not to the range's end when too much looked wrong. */
  long readTo() {
    return readTo;
  }

  /** Reads a range, as far as it is still there. Returns what looks wrong. */
  List<Suspicion> of(OffsetRange range) {
    List<Suspicion> found = new ArrayList<>();
    long next = range.from();
    keptFrom = next;
    readTo = range.to();
    while (next < range.to() && found.size() < MAX_SUSPICIONS) {
      round.watch().reading(READ_BYTES);
      ReadResult answer = read(next);
      if (answer instanceof ReadResult.BeforeStart before) {
        next = Math.max(next + 1, before.start());
        keptFrom = next;
      } else if (answer instanceof ReadResult.Progress progress) {
        check(progress, next, found);
        next = Math.max(next + 1, progress.nextOffset());
      } else {
        found.add(
            new Suspicion(
                new OffsetRange(next, range.to()), "", "the log ended at an earlier offset"));
        return found;
      }
    }
    readTo = Math.min(next, range.to());
    return found;
  }

  private ReadResult read(long from) {
    try {
      return hot.read(id, from, READ_BYTES).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ThermoclineException ours) {
        throw ours;
      }
      throw new ThermoclineException(ErrorKind.INTERNAL, "Can't read " + id, e.getCause());
    } catch (TimeoutException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT,
          "Local disk did not answer a read of %s at %d within %d s"
              .formatted(id, from, PATIENCE_SECONDS),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Interrupted", e);
    }
  }

  private void check(ReadResult.Progress progress, long from, List<Suspicion> found) {
    for (OffsetRange lost : progress.lost()) {
      found.add(new Suspicion(lost, "", "the stored bytes of these offsets are damaged"));
    }
    long reached = 0;
    for (RecordBatch batch : progress.batches()) {
      if (batch.baseOffset() < reached) {
        found.add(
            new Suspicion(
                new OffsetRange(batch.baseOffset(), Math.max(reached, batch.nextOffset())),
                "",
                "two batches have offset " + batch.baseOffset()));
      }
      problem(batch).ifPresent(what -> found.add(new Suspicion(batch.range(), "", what)));
      reached = batch.nextOffset();
    }
    if (progress.nextOffset() <= from || reached > progress.nextOffset()) {
      found.add(
          new Suspicion(
              new OffsetRange(from, Math.max(from + 1, reached)),
              "",
              "a read goes on at %d after %d".formatted(progress.nextOffset(), reached)));
    }
  }

  private Optional<String> problem(RecordBatch batch) {
    if (batch.baseOffset() >= countedTo) {
      round.count(round.totals().plusBatch(batch.content().count(), batch.sizeInBytes()));
      countedTo = batch.nextOffset();
    }
    try {
      batches.checkStored(batch);
      return Optional.empty();
    } catch (ThermoclineException e) {
      return Optional.of(e.getMessage());
    }
  }
}
