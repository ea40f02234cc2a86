package io.thermocline.cold.cache;

import io.thermocline.cold.parquet.ByteRange;
import io.thermocline.cold.parquet.RangeRead;
import io.thermocline.cold.parquet.RangeSource;
import java.util.List;

/**
 * A file as one reader reads it through a {@link BlockCache}. Once the reader reads on, windows are
 * fetched ahead of it, as fast as it takes them and no faster. For one thread at a time, but for
 * {@link #hasAsked}.
 */
public final class CachedFile implements RangeSource, AutoCloseable {
  /** What a reader that comes from nowhere may ask of the store before it has its first record. */
  private static final int FIRST_REQUESTS = 3;

  private static final int WINDOWS_AHEAD = 3;
  private static final int FIRST_AHEAD_BYTES = 1 << 20;

  private final BlockCache cache;
  private final RangeSource source;
  private int requestsMade;
  private boolean readsOn;

  /** What is fetched ahead at once: little at first, as most readers do not go on for long. */
  private int rampBytes;

  /**
   * All before it was asked for ahead of time, from where reading on began. Any thread may look.
   */
  private volatile long askedTo;

  CachedFile(BlockCache cache, RangeSource source, int requestsMade, boolean goesOn) {
    this.cache = cache;
    this.source = source;
    this.requestsMade = requestsMade;
    this.rampBytes = goesOn ? cache.limits().requestBytes() : FIRST_AHEAD_BYTES;
  }

  @Override
  public String location() {
    return source.location();
  }

  @Override
  public long length() {
    return source.length();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) {
    readAll(List.of(new RangeRead(position, target, offset, length)), false);
  }

  @Override
  public void readAll(List<RangeRead> reads, boolean leads) {
    for (RangeRead read : reads) {
      if (read.range().to() > source.length()) {
        // The file itself knows what to say.
        source.readFully(read.position(), read.target(), read.offset(), read.length());
      }
    }
    int left = FIRST_REQUESTS - requestsMade - (leads ? 1 : 0);
    BlockCache.Held held =
        cache.hold(source, reads.stream().map(RangeRead::range).toList(), Math.max(1, left));
    try {
      if (!readsOn) {
        requestsMade += held.begun();
      }
      for (int i = 0; i < reads.size(); i++) {
        copy(held.pieces().get(i), reads.get(i));
      }
    } finally {
      cache.release(held);
    }
  }

  private void copy(List<BlockCache.Piece> pieces, RangeRead into) {
    for (BlockCache.Piece piece : pieces) {
      Extent extent = piece.extent();
      extent.await(cache.limits().patience());
      int offset = into.offset() + (int) (piece.from() - into.position());
      extent.copy(piece.from(), piece.to(), into.target(), offset);
    }
  }

  /** What was asked of the store for its reader, until that began to read on. */
  public int requestsMade() {
    return requestsMade;
  }

  @Override
  public void readOn(long position, long end) {
    if (!readsOn) {
      readsOn = true;
      cache.joined();
    }
    // Who reads on is past its first record.
    requestsMade = 0;
    askedTo = Math.max(askedTo, position);
    long next = windowEnd(end);
    while (askedTo < end && position + (long) WINDOWS_AHEAD * window() >= next) {
      if (!cache.ahead(source, new ByteRange(askedTo, next))) {
        return;
      }
      askedTo = next;
      rampBytes = Math.min(2 * rampBytes, cache.limits().requestBytes());
      next = windowEnd(end);
    }
  }

  /** Where the next window ends: no small rest is left for a request of its own. */
  private long windowEnd(long end) {
    long next = askedTo + window();
    return end - next < window() / 2 ? end : next;
  }

  private int window() {
    return Math.min(rampBytes, cache.windowBytes());
  }

  /** Whether all before {@code end} was asked for by reading on. */
  public boolean hasAsked(long end) {
    return askedTo >= end;
  }

  /** Begins to fetch {@code range} for later, if there is room. */
  public void ahead(ByteRange range) {
    if (cache.ahead(source, range) && range.from() <= askedTo) {
      // Reading on begins behind it, or a small rest would be left for a request of its own.
      askedTo = Math.max(askedTo, range.to());
    }
  }

  @Override
  public void close() {
    if (readsOn) {
      readsOn = false;
      cache.left();
    }
  }
}
