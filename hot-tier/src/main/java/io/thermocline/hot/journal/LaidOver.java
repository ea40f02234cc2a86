package io.thermocline.hot.journal;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A segment's file as it will be once entries are laid over it, which it is not: only to be read.
 * Rests on entries that never disagree. Thread-safe as the file under it is.
 */
final class LaidOver implements DiskFile {
  private final DiskFile segment;
  private final Map<Path, DiskFile> journals = new HashMap<>();

  /** By their place in the segment; of several at one place the longest. */
  private final NavigableMap<Long, JournalReplay.Entry> entries = new TreeMap<>();

  private final int longest;
  private final long size;

  /** Takes over {@code segment}, which {@link #close} closes, but not when this fails. */
  LaidOver(Disk disk, List<JournalReplay.Entry> over, DiskFile segment) throws IOException {
    this.segment = segment;
    long end = segment.size();
    int most = 0;
    for (JournalReplay.Entry entry : over) {
      Place place = entry.place();
      JournalReplay.Entry unused =
          entries.merge(
              place.position(),
              entry,
              (one, other) -> one.place().bytes() < other.place().bytes() ? other : one);
      end = Math.max(end, place.position() + place.bytes());
      most = Math.max(most, place.bytes());
    }
    this.size = end;
    this.longest = most;
    try {
      for (JournalReplay.Entry entry : over) {
        if (!journals.containsKey(entry.file())) {
          DiskFile unused = journals.put(entry.file(), disk.openToRead(entry.file()));
        }
      }
    } catch (IOException | RuntimeException e) {
      closeJournals();
      throw e;
    }
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    int start = into.position();
    int count = (int) Math.max(0, Math.min(into.remaining(), size - position));
    ByteBuffer target = into.duplicate().limit(start + count);
    int read = segment.read(target, position);
    for (int at = start + read; at < start + count; at++) {
      into.put(at, (byte) 0);
    }
    for (JournalReplay.Entry entry :
        entries.subMap(position - longest, false, position + count, false).values()) {
      lay(entry, into, start, position, position + count);
    }
    into.position(start + count);
    return count;
  }

  /** Puts what the entry has of {@code [from, to)} into the buffer, where that begins at start. */
  private void lay(JournalReplay.Entry entry, ByteBuffer into, int start, long from, long to)
      throws IOException {
    long first = entry.place().position();
    long begin = Math.max(from, first);
    long end = Math.min(to, first + entry.place().bytes());
    if (begin >= end) {
      return;
    }
    ByteBuffer piece =
        into.duplicate()
            .limit(start + Math.toIntExact(end - from))
            .position(start + Math.toIntExact(begin - from));
    int read = journals.get(entry.file()).read(piece, entry.at() + begin - first);
    if (read < end - begin) {
      throw new IOException("%s ends in an entry".formatted(entry.file()));
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException("Only to be read");
  }

  @Override
  public void force() {
    throw new UnsupportedOperationException("Only to be read");
  }

  @Override
  public void truncate(long newSize) {
    throw new UnsupportedOperationException("Only to be read");
  }

  @Override
  public void close() throws IOException {
    segment.close();
    closeJournals();
  }

  private void closeJournals() throws IOException {
    for (DiskFile journal : journals.values()) {
      journal.close();
    }
  }
}
