package io.thermocline.tiering;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;

/**
 * The batches of a range, read out of the hot tier one step ahead of whoever takes them. Holds at
 * most two reads in memory. One thread.
 *
 * <p>Fails with {@link ErrorKind#CONFLICT} when the range is not there any more.
 */
final class HotBatches implements Iterator<RecordBatch> {
  private static final int READ_BYTES = 4 << 20;

  private final HotTier hot;
  private final TopicPartition id;
  private final OffsetRange range;
  private final PassLimits limits;
  private final ArrayDeque<RecordBatch> ready = new ArrayDeque<>();
  private final List<OffsetRange> lost = new ArrayList<>();

  /** Where the read under way begins. */
  private long next;

  private CompletableFuture<ReadResult> ahead;

  HotBatches(HotTier hot, TopicPartition id, OffsetRange range, PassLimits limits) {
    this.hot = hot;
    this.id = id;
    this.range = range;
    this.limits = limits;
    this.next = range.from();
    this.ahead = hot.read(id, next, READ_BYTES);
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && next < range.to()) {
      limits.shutdown().check();
      take(limits.deadline().await(ahead, "reading " + id + " at " + next));
    }
    return !ready.isEmpty();
  }

  @Override
  public RecordBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    RecordBatch batch = ready.removeFirst();
    limits.pace().take(batch.sizeInBytes());
    return batch;
  }

  /** Reads what was not taken, then says which offsets of the range are damaged. */
  List<OffsetRange> lostToTheEnd() {
    while (hasNext()) {
      ready.clear();
    }
    return List.copyOf(lost);
  }

  private void take(ReadResult answer) {
    if (!(answer instanceof ReadResult.Progress progress) || progress.nextOffset() <= next) {
      throw new ThermoclineException(
          ErrorKind.CONFLICT,
          "Offset %d of %s, in %s, can't be read any more: %s".formatted(next, id, range, answer));
    }
    OffsetRange read = new OffsetRange(next, Math.min(progress.nextOffset(), range.to()));
    for (OffsetRange damaged : progress.lost()) {
      OffsetRange here = damaged.intersect(read);
      if (!here.isEmpty()) {
        lost.add(here);
      }
    }
    for (RecordBatch batch : progress.batches()) {
      if (batch.baseOffset() < range.to() && batch.nextOffset() > range.from()) {
        ready.addLast(batch);
      }
    }
    next = progress.nextOffset();
    if (next < range.to()) {
      ahead = hot.read(id, next, READ_BYTES);
    }
  }
}
