package io.thermocline.gateway.audit;

import io.thermocline.codec.BatchLimits;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
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

  /** More of one partition are not looked at again one by one. */
  private static final int MAX_SUSPICIONS = 1_000;

  private final HotTier hot;
  private final TopicPartition id;
  private final Round round;
  private final PayloadReader payloads =
      new PayloadReader(BatchLimits.defaults().maxUncompressedBytes());
  private final RecordCursor records = new RecordCursor();

  /** The local disk has what lies at or past it; before it, offsets were let go of. */
  private long keptFrom;

  HotReading(HotTier hot, TopicPartition id, Round round) {
    this.hot = hot;
    this.id = id;
    this.round = round;
  }

  /** Where the last {@link #of} found the partition to begin. */
  long keptFrom() {
    return keptFrom;
  }

  /** Reads a range, as far as it is still there. Returns what looks wrong. */
  List<Suspicion> of(OffsetRange range) {
    List<Suspicion> found = new ArrayList<>();
    long next = range.from();
    keptFrom = next;
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
    BatchContent content = batch.content();
    round.count(round.totals().plusBatch(content.count(), content.sizeInBytes()));
    int crc = content.computeCrc32c();
    if (crc != content.crc32c()) {
      return Optional.of(
          "the content checksum of the batch is %08x, it should be %08x"
              .formatted(crc, content.crc32c()));
    }
    try {
      return walk(batch);
    } catch (ThermoclineException e) {
      return Optional.of("the batch's records can't be read: " + e.getMessage());
    }
  }

  private Optional<String> walk(RecordBatch batch) {
    BatchContent content = batch.content();
    records.reset(payloads.open(content), batch.baseOffset(), content.baseTimestampMillis());
    int count = 0;
    long reached = batch.baseOffset();
    long largest = Long.MIN_VALUE;
    while (records.next()) {
      if (records.offset() < reached || records.offset() >= batch.nextOffset()) {
        return Optional.of("offset " + records.offset() + " is out of order, or outside its batch");
      }
      reached = records.offset() + 1;
      largest = Math.max(largest, records.timestampMillis());
      count++;
    }
    if (count != content.count()) {
      return Optional.of("the batch says %d records, it has %d".formatted(content.count(), count));
    }
    return count == 0 || largest == batch.maxTimestampMillis()
        ? Optional.empty()
        : Optional.of(
            "the largest timestamp of the batch is %d, it says %d"
                .formatted(largest, batch.maxTimestampMillis()));
  }
}
