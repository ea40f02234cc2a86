package io.thermocline.cold.parquet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Fetches stored bytes for the columns of one reader: few large requests where reading goes on, a
 * small one after a seek.
 */
final class FileReads implements AutoCloseable {
  private final RangeSource source;
  private final ReadSettings settings;
  private final PageDecompressor decompressor = new PageDecompressor();

  /** Bytes to ask for next; doubles until it is the settings' window. */
  private int window;

  /** Bytes of records that the reader wants to begin with. */
  private int wantedFirst;

  /** The column with the most bytes: how far it is tells how far the reader is. */
  private ChunkPages leading;

  /** Where the data end in the file, once reading goes on; 0 before. */
  private long readsOnTo;

  private record Wanted(ChunkPages pages, long from, long to) {}

  FileReads(RangeSource source, ReadSettings settings) {
    this.source = source;
    this.settings = settings;
    this.window = settings.windowBytes();
  }

  String location() {
    return source.location();
  }

  PageDecompressor decompressor() {
    return decompressor;
  }

  /** Starts over with a small window, for a reader that wants so many bytes of records. */
  void expect(int bytes) {
    window = Math.min(bytes, settings.windowBytes());
    wantedFirst = window;
  }

  /** From now on the source fetches ahead, up to {@code dataEnd} at most. */
  void readOn(long dataEnd) {
    if (readsOnTo == 0) {
      readsOnTo = dataEnd;
      if (leading != null) {
        source.readOn(leading.windowEnd(), readsOnTo);
      }
    }
  }

  /** Fetches what the columns need from {@code row} on, all at once. */
  void fetchFrom(int row, List<ChunkPages> columns) {
    leading = Collections.max(columns, Comparator.comparing(pages -> pages.chunk().bytes()));
    List<Wanted> all = new ArrayList<>();
    for (ChunkPages pages : columns) {
      ColumnChunk chunk = pages.chunk();
      int page = chunk.pageOfRow(row);
      long end = Math.max(windowEnd(chunk, page), firstEnd(chunk, row));
      all.add(new Wanted(pages, chunk.position(page), end));
    }
    wantedFirst = 0;
    fetch(all, false);
    grow();
    goOn();
  }

  /**
   * Where the pages end that the records wanted first may lie in. The row may be the last one of
   * its page, so that page counts for nothing; of those behind it no more is needed than there are
   * bytes wanted, as stored bytes are fewer than those of records.
   */
  private long firstEnd(ColumnChunk chunk, int row) {
    int lastRow = Math.min(chunk.rows() - 1, row + wantedFirst / RowReader.RECORD_OVERHEAD + 1);
    int page = chunk.pageOfRow(row);
    int last = page;
    while (last < chunk.pageOfRow(lastRow)
        && chunk.position(last + 1) - chunk.position(page + 1) <= wantedFirst) {
      last++;
    }
    return chunk.position(last + 1);
  }

  /**
   * Fetches the pages that have {@code row}, all at once. What they say leads to others.
   *
   * @param columns of numbers
   */
  void fetchLeading(int row, List<NumberColumn> columns) {
    List<Wanted> all = new ArrayList<>();
    for (NumberColumn column : columns) {
      ColumnChunk chunk = column.pages().chunk();
      int page = chunk.pageOfRow(row);
      all.add(new Wanted(column.pages(), chunk.position(page), chunk.position(page + 1)));
    }
    fetch(all, true);
  }

  /** Neighbors are one read. */
  private void fetch(List<Wanted> all, boolean leads) {
    List<List<Wanted>> runs = new ArrayList<>();
    List<Wanted> run = new ArrayList<>();
    long runEnd = 0;
    for (Wanted wanted : all) {
      boolean far = wanted.from - runEnd > settings.mergeGapBytes();
      boolean large = !run.isEmpty() && wanted.to - run.get(0).from > 2L * settings.windowBytes();
      if (run.isEmpty() || far || large) {
        run = new ArrayList<>();
        runs.add(run);
      }
      run.add(wanted);
      runEnd = wanted.to;
    }
    List<RangeRead> reads = runs.stream().map(this::read).toList();
    source.readAll(reads, leads);
    for (int i = 0; i < reads.size(); i++) {
      offer(runs.get(i), reads.get(i).target());
    }
  }

  /** Fetches pages of one column from {@code page} on. */
  void fetch(ChunkPages pages, int page) {
    long end = windowEnd(pages.chunk(), page);
    fetch(List.of(new Wanted(pages, pages.chunk().position(page), end)), false);
    grow();
    if (pages.equals(leading)) {
      goOn();
    }
  }

  private void goOn() {
    if (readsOnTo > 0) {
      source.readOn(leading.windowEnd(), readsOnTo);
    }
  }

  /** A run is read into the array of the column that wants most of it. */
  private RangeRead read(List<Wanted> run) {
    long start = run.get(0).from;
    int length = Math.toIntExact(run.get(run.size() - 1).to - start);
    return new RangeRead(start, most(run).pages.room(length, keptBytes()), 0, length);
  }

  /** What the others want of a run is copied out of there into theirs. */
  private void offer(List<Wanted> run, byte[] bytes) {
    long start = run.get(0).from;
    Wanted most = most(run);
    for (Wanted wanted : run) {
      int at = (int) (wanted.from - start);
      if (wanted.equals(most)) {
        wanted.pages.offer(at, wanted.from, wanted.to);
      } else {
        int size = (int) (wanted.to - wanted.from);
        System.arraycopy(bytes, at, wanted.pages.room(size, keptBytes()), 0, size);
        wanted.pages.offer(0, wanted.from, wanted.to);
      }
    }
  }

  private static Wanted most(List<Wanted> run) {
    return Collections.max(run, Comparator.comparingLong(wanted -> wanted.to - wanted.from));
  }

  /** What a run takes unless one page or one window's rest is larger. */
  private int keptBytes() {
    return 2 * settings.windowBytes();
  }

  /** Where a window from {@code page} on ends: whole pages, no small rest left behind. */
  private long windowEnd(ColumnChunk chunk, int page) {
    long start = chunk.position(page);
    long chunkEnd = chunk.position(chunk.pages());
    if (chunkEnd - start <= window + window / 2) {
      return chunkEnd;
    }
    int last = page;
    while (last + 1 < chunk.pages() && chunk.position(last + 2) - start <= window) {
      last++;
    }
    return chunk.position(last + 1);
  }

  private void grow() {
    window = (int) Math.min(2L * window, settings.windowBytes());
  }

  @Override
  public void close() {
    decompressor.close();
  }
}
