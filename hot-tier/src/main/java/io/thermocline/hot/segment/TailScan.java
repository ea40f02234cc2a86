package io.thermocline.hot.segment;

import io.thermocline.hot.disk.DiskFile;
import io.thermocline.model.OffsetRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Judges the end of a log's last segment after a crash; writes nothing. Damage below the durable
 * mark F is a lost range, and what follows stays. From the first bad batch at or above F on nothing
 * was ever acknowledged: that is to be cut, even if valid batches follow, for an ordinary power cut
 * leaves just that.
 *
 * <p>F is the largest of what is known to have been durable and of every {@code durableTo} in a
 * valid header, also beyond damage. Used once, by one thread.
 */
public final class TailScan {
  private final BatchScan scan;
  private final long size;
  private final SegmentIndex index;
  private final Consumer<BatchHeader> kept;
  private final List<OffsetRange> lost = new ArrayList<>();
  private long durable;
  private boolean durableSearched;
  private long position;
  private long expected;
  private int epoch;
  private long cutAt;

  /**
   * @param size bytes the file has
   * @param index takes in the batches found
   * @param kept told of each batch that stays, in order
   * @param durable offsets below it were durable
   */
  public TailScan(
      DiskFile file,
      Segment segment,
      long size,
      SegmentIndex index,
      Consumer<BatchHeader> kept,
      long durable) {
    this.scan = new BatchScan(file, segment.stamp(), size);
    this.size = size;
    this.index = index;
    this.kept = kept;
    this.durable = durable;
    this.cutAt = size;
  }

  /**
   * What the scan found.
   *
   * @param end one past the last offset that stays
   * @param cutAt the file is to end here; its size when nothing is cut
   * @param epoch the newest log epoch seen
   * @param lost damaged ranges below {@code end}
   */
  public record Verdict(long end, long cutAt, int epoch, List<OffsetRange> lost) {}

  /** Looks at everything from {@code from} on, where the batch with offset {@code first} begins. */
  public Verdict judge(long from, long first, int epochBefore) throws IOException {
    position = from;
    expected = first;
    epoch = epochBefore;
    boolean more = true;
    while (more && position < size) {
      BatchScan.Found batch = scan.at(position);
      if (batch != null && isNext(batch) && scan.batch(batch) != null) {
        keep(batch);
      } else {
        more = passDamage();
      }
    }
    if (expected < durable) {
      lost.add(new OffsetRange(expected, durable));
      expected = durable;
    }
    return new Verdict(expected, cutAt, epoch, List.copyOf(lost));
  }

  private boolean isNext(BatchScan.Found batch) {
    return batch.header().baseOffset() == expected && batch.header().logEpoch() >= epoch;
  }

  private void keep(BatchScan.Found batch) {
    index.add(batch.position(), batch.header());
    kept.accept(batch.header());
    position = batch.end();
    expected = batch.header().nextOffset();
    epoch = batch.header().logEpoch();
  }

  /**
   * @return whether there is more to look at
   */
  private boolean passDamage() throws IOException {
    searchDurable();
    if (expected >= durable) {
      cutAt = position;
      return false;
    }
    BatchScan.Found next = nextGood();
    if (next == null) {
      position = size;
      return false;
    }
    if (next.header().baseOffset() > durable) {
      cutAt = next.position();
      return false;
    }
    if (expected < next.header().baseOffset()) {
      lost.add(new OffsetRange(expected, next.header().baseOffset()));
    }
    position = next.position();
    expected = next.header().baseOffset();
    return true;
  }

  /** Once, at the first damage: no later batch can name a smaller mark that matters. */
  private void searchDurable() throws IOException {
    if (durableSearched) {
      return;
    }
    durableSearched = true;
    int newest = epoch;
    for (BatchScan.Found found = scan.next(position);
        found != null;
        found = scan.next(found.end())) {
      if (found.header().logEpoch() >= newest) {
        newest = found.header().logEpoch();
        durable = Math.max(durable, found.header().durableTo());
      }
    }
  }

  /** A right header's size can be trusted, also when its payload is damaged. */
  private BatchScan.Found nextGood() throws IOException {
    BatchScan.Found found = scan.next(position);
    while (found != null
        && (found.header().baseOffset() < expected
            || found.header().logEpoch() < epoch
            || scan.batch(found) == null)) {
      found = scan.next(found.end());
    }
    return found;
  }
}
