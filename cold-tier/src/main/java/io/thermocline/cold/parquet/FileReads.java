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

  /** Starts over with a small window. */
  void expect(int bytes) {
    window = Math.min(bytes, settings.windowBytes());
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

  /** Fetches what the columns need from {@code row} on, with neighbors in one request. */
  void fetchFrom(int row, List<ChunkPages> columns) {
    leading = Collections.max(columns, Comparator.comparing(pages -> pages.chunk().bytes()));
    List<Wanted> all = new ArrayList<>();
    for (ChunkPages pages : columns) {
      ColumnChunk chunk = pages.chunk();
      int page = chunk.pageOfRow(row);
      all.add(new Wanted(pages, chunk.position(page), windowEnd(chunk, page)));
    }
    source.expect(all.stream().map(wanted -> new ByteRange(wanted.from, wanted.to)).toList());
    fetchInRuns(all);
    grow();
    goOn();
  }

  private void fetchInRuns(List<Wanted> all) {
    List<Wanted> run = new ArrayList<>();
    long runEnd = 0;
    for (Wanted wanted : all) {
      boolean far = wanted.from - runEnd > settings.mergeGapBytes();
      boolean large = !run.isEmpty() && wanted.to - run.get(0).from > 2L * settings.windowBytes();
      if (!run.isEmpty() && (far || large)) {
        fetch(run, runEnd);
        run.clear();
      }
      run.add(wanted);
      runEnd = wanted.to;
    }
    fetch(run, runEnd);
  }

  /** Fetches pages of one column from {@code page} on. */
  void fetch(ChunkPages pages, int page) {
    long end = windowEnd(pages.chunk(), page);
    fetch(List.of(new Wanted(pages, pages.chunk().position(page), end)), end);
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

  /**
   * Reads a run into the array of the column that wants most of it; what the others want is copied
   * out of there into theirs.
   */
  private void fetch(List<Wanted> run, long end) {
    long start = run.get(0).from;
    int length = Math.toIntExact(end - start);
    Wanted most = Collections.max(run, Comparator.comparingLong(wanted -> wanted.to - wanted.from));
    byte[] bytes = most.pages.room(length, keptBytes());
    source.readFully(start, bytes, 0, length);
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
