package io.thermocline.cold.cache;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.cold.parquet.ByteRange;
import io.thermocline.cold.parquet.RangeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * Stored bytes of data files, in blocks, shared by all who read the same ones. A block is fetched
 * once, on threads of its own, and the fetch ends in here whether or not anybody still waits. What
 * was not used longest goes first. Thread-safe.
 *
 * <p>Files are told apart by their locations, which are never used twice. A fetch that failed
 * leaves nothing behind.
 *
 * <p>Invariant: arrays are with one extent, of {@code extents} or dropped and in use, or with
 * {@code arrays}; each block of {@code blocks} leads to an extent of {@code extents} that has it.
 */
public final class BlockCache {
  /** Fetched as a whole: what a few pages take. */
  static final int BLOCK_BYTES = 256 << 10;

  private static final int LEAST_WINDOW_BYTES = 1 << 20;

  /** What a reader holds of windows: one in use, and those ahead of it. */
  private static final int WINDOWS_PER_READER = 4;

  private final BlockLimits limits;
  private final ExecutorService threads;
  private final BlockMetrics metrics;

  /** Guarded by this, as is all below. */
  private final Map<Place, Extent> blocks = new HashMap<>();

  /** Least recently used first. */
  private final Map<Extent, Boolean> extents = new LinkedHashMap<>(16, 0.75f, true);

  private final SpareBlocks arrays;
  private int readers;

  private record Place(String location, long block) {}

  /** Bytes of one extent: {@code [from, to)} of the file. */
  record Piece(Extent extent, long from, long to) {}

  /**
   * What a reader holds.
   *
   * @param pieces of each range, in order
   * @param begun requests that were begun for it
   */
  record Held(List<List<Piece>> pieces, int begun) {}

  /**
   * @param threads run the fetches; closed by whoever made them, after the last reader is gone
   */
  public BlockCache(BlockLimits limits, ExecutorService threads, MeterRegistry registry) {
    this.limits = limits;
    this.threads = threads;
    this.arrays = new SpareBlocks(limits.bytes());
    this.metrics = new BlockMetrics(registry, this::bytesHeld);
  }

  /**
   * A file read through this cache, for one reader.
   *
   * @param requestsMade for this reader already: it is to get along with three in all to begin
   * @param goesOn whether it comes from the file before
   */
  public CachedFile file(RangeSource source, int requestsMade, boolean goesOn) {
    return new CachedFile(this, source, requestsMade, goesOn);
  }

  BlockLimits limits() {
    return limits;
  }

  private synchronized long bytesHeld() {
    return arrays.usedBytes();
  }

  /** One more reader reads ahead. */
  synchronized void joined() {
    readers++;
  }

  /** One less. */
  synchronized void left() {
    readers--;
  }

  /** What a request of read-ahead asks for: so much that all readers' windows fit in here. */
  synchronized int windowBytes() {
    long share = limits.bytes() / ((long) WINDOWS_PER_READER * Math.max(1, readers));
    long window = Math.max(LEAST_WINDOW_BYTES, Math.min(limits.requestBytes(), share));
    return (int) (window / BLOCK_BYTES * BLOCK_BYTES);
  }

  /**
   * Begins to fetch what is missing of a range that will be read later, if there is room.
   *
   * @return whether all of it is here, or on its way
   */
  boolean ahead(RangeSource source, ByteRange range) {
    List<Extent> begun = new ArrayList<>();
    boolean all = true;
    synchronized (this) {
      SortedSet<Long> missing = new TreeSet<>();
      addMissing(source, range, missing);
      for (Runs.Run run : runs(missing, Integer.MAX_VALUE)) {
        if (!makeRoom(run.length() * BLOCK_BYTES, false)) {
          all = false;
          break;
        }
        begun.add(begin(source, run));
      }
    }
    begun.forEach(extent -> start(extent, BlockMetrics.Reason.AHEAD));
    return all;
  }

  /**
   * The pieces of ranges that somebody reads; what is missing is fetched, in so many requests at
   * most. To be released by the caller.
   */
  Held hold(RangeSource source, List<ByteRange> ranges, int mostRequests) {
    List<List<Piece>> pieces = new ArrayList<>();
    List<Extent> begun = new ArrayList<>();
    synchronized (this) {
      SortedSet<Long> missing = new TreeSet<>();
      ranges.forEach(range -> addMissing(source, range, missing));
      // What is here already must not make room for what is not.
      List<Piece> here = ranges.stream().flatMap(range -> pieces(source, range).stream()).toList();
      for (Runs.Run run : runs(missing, mostRequests)) {
        begun.add(begin(source, run));
      }
      ranges.forEach(range -> pieces.add(pieces(source, range)));
      here.forEach(piece -> piece.extent().users--);
    }
    metrics.lookup(begun.isEmpty());
    begun.forEach(extent -> start(extent, BlockMetrics.Reason.READ));
    return new Held(pieces, begun.size());
  }

  /** Across what is here already, as long as that costs less than another request. */
  private List<Runs.Run> runs(SortedSet<Long> missing, int most) {
    return Runs.of(missing, limits.mergeGapBytes() / BLOCK_BYTES, most);
  }

  /** What there is of a range, counted as used. */
  private List<Piece> pieces(RangeSource source, ByteRange range) {
    List<Piece> pieces = new ArrayList<>();
    for (long at = range.from(); at < range.to(); ) {
      Extent extent = at(source, at);
      long to = at;
      do {
        to = Math.min(range.to(), (to / BLOCK_BYTES + 1) * BLOCK_BYTES);
      } while (to < range.to() && Objects.equals(extent, at(source, to)));
      if (extent != null) {
        boolean unused = extents.get(extent);
        extent.users++;
        extent.wanted = true;
        pieces.add(new Piece(extent, at, to));
      }
      at = to;
    }
    return pieces;
  }

  private Extent at(RangeSource source, long position) {
    return blocks.get(new Place(source.location(), position / BLOCK_BYTES));
  }

  synchronized void release(Held held) {
    held.pieces().forEach(pieces -> pieces.forEach(piece -> letGo(piece.extent())));
    boolean unused = makeRoom(0, true);
  }

  /** One user less. */
  private void letGo(Extent extent) {
    extent.users--;
    if (extent.dropped && extent.users == 0) {
      arrays.giveBack(extent.arrays);
    }
  }

  /** Lets go of all blocks of a file: they turned out not to be what was written. */
  public synchronized void forget(String location) {
    List<Extent> gone =
        extents.keySet().stream()
            .filter(extent -> extent.source.location().equals(location))
            .toList();
    gone.forEach(this::drop);
  }

  private void addMissing(RangeSource source, ByteRange range, SortedSet<Long> missing) {
    if (range.length() == 0) {
      return;
    }
    long end = Math.min(range.to(), source.length());
    for (long block = range.from() / BLOCK_BYTES; block * BLOCK_BYTES < end; block++) {
      if (!blocks.containsKey(new Place(source.location(), block))) {
        missing.add(block);
      }
    }
  }

  private Extent begin(RangeSource source, Runs.Run run) {
    boolean unusedRoom = makeRoom(run.length() * BLOCK_BYTES, true);
    byte[][] taken = arrays.take(Math.toIntExact(run.length()));
    Extent extent = new Extent(source, run.from(), run.to(), taken);
    // Its fetch: nobody else gets the arrays while they are filled.
    extent.users++;
    for (long block = run.from(); block < run.to(); block++) {
      Extent unused = blocks.putIfAbsent(new Place(source.location(), block), extent);
    }
    extents.put(extent, true);
    return extent;
  }

  /**
   * Makes room for {@code size} more bytes, if what is not in use takes that much.
   *
   * @param atAnyCost lets go of what was fetched ahead and not read yet, too, and of what there is
   *     even if it is not enough
   */
  private boolean makeRoom(long size, boolean atAnyCost) {
    long after = arrays.usedBytes() + size;
    List<Extent> out = new ArrayList<>();
    after = choose(out, after, true);
    if (atAnyCost) {
      after = choose(out, after, false);
    } else if (after > limits.bytes()) {
      return false;
    }
    out.forEach(this::drop);
    return after <= limits.bytes();
  }

  /** Chooses what goes, least recently used first, until {@code after} is within the limit. */
  private long choose(List<Extent> out, long after, boolean wanted) {
    long left = after;
    Iterator<Extent> leastUsed = extents.keySet().iterator();
    while (left > limits.bytes() && leastUsed.hasNext()) {
      Extent extent = leastUsed.next();
      if (extent.users == 0 && extent.wanted == wanted) {
        out.add(extent);
        left -= extent.sizeInBytes();
      }
    }
    return left;
  }

  private void drop(Extent extent) {
    unlink(extent);
    extent.dropped = true;
    if (extent.users == 0) {
      arrays.giveBack(extent.arrays);
    }
  }

  private void unlink(Extent extent) {
    boolean unused = extents.remove(extent);
    for (long block = extent.firstBlock; block < extent.endBlock; block++) {
      boolean unusedBlock = blocks.remove(new Place(extent.source.location(), block), extent);
    }
  }

  private void start(Extent extent, BlockMetrics.Reason reason) {
    metrics.fetched(reason, extent.length);
    try {
      threads.execute(() -> fetch(extent));
    } catch (RejectedExecutionException e) {
      failed(extent, e);
    }
  }

  private void fetch(Extent extent) {
    try {
      extent.fetch();
      fetched(extent);
      extent.complete();
    } catch (RuntimeException | Error e) {
      failed(extent, e);
    }
  }

  private synchronized void fetched(Extent extent) {
    letGo(extent);
  }

  private void failed(Extent extent, Throwable failure) {
    synchronized (this) {
      if (!extent.dropped) {
        drop(extent);
      }
      letGo(extent);
    }
    extent.fail(failure);
  }
}
