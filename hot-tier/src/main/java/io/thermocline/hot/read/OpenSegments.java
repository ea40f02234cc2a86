package io.thermocline.hot.read;

import io.micrometer.core.instrument.Counter;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.segment.BatchScan;
import io.thermocline.hot.segment.IndexFile;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments that are open for reading: at most so many, the least recently used closed first,
 * and none closed under a reader. Thread-safe.
 */
public final class OpenSegments implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenSegments.class);

  private final Disk disk;
  private final int limit;
  private final Counter failedChores;
  private final Map<Segment, Open> open = new LinkedHashMap<>(16, 0.75f, true);

  /** Guarded by {@link #open}. */
  private boolean closed;

  /**
   * @param limit of the segments open at once; those a reader holds stay open beyond it
   * @param failedChores counts indexes that could not be written
   */
  public OpenSegments(Disk disk, int limit, Counter failedChores) {
    this.disk = disk;
    this.limit = limit;
    this.failedChores = failedChores;
  }

  /** A segment in use; close it to give it back. */
  final class Open implements AutoCloseable {
    private final Segment segment;
    private final DiskFile file;
    private int users;
    private boolean forgotten;
    private SegmentIndex index;

    private Open(Segment segment, DiskFile file) {
      this.segment = segment;
      this.file = file;
    }

    DiskFile file() {
      return file;
    }

    /** The index of a segment that is sealed, read or made again once for as long as it is open. */
    synchronized SegmentIndex index(long bytes) throws IOException {
      if (index == null) {
        var stored = IndexFile.read(disk, segment, bytes);
        if (stored.isPresent()) {
          index = stored.get();
        } else {
          index = scan(bytes);
          store(index, bytes);
        }
      }
      return index;
    }

    /** An index is a hint: one that can't be written is made again when it is missed again. */
    private void store(SegmentIndex made, long bytes) {
      try {
        IndexFile.write(disk, segment, made, bytes);
        LOG.info("Made an index again: segment={} bytes={}", segment.file(), bytes);
      } catch (IOException e) {
        failedChores.increment();
        LOG.warn("Writing an index failed: segment={}", segment.file(), e);
      }
    }

    /** An index of the first {@code bytes}, from the batches themselves. */
    SegmentIndex scan(long bytes) throws IOException {
      SegmentIndex made = new SegmentIndex(0);
      BatchScan scan = new BatchScan(file, segment.stamp(), bytes);
      for (BatchScan.Found found = scan.next(0); found != null; found = scan.next(found.end())) {
        made.add(found.position(), found.header());
      }
      return made;
    }

    @Override
    public void close() {
      synchronized (open) {
        users--;
        closeIfUnused(this);
      }
    }
  }

  /** Opens a segment, or joins those who use it. */
  Open acquire(Segment segment) throws IOException {
    synchronized (open) {
      Open entry = open.get(segment);
      if (entry == null) {
        entry = new Open(segment, disk.openToRead(segment.file()));
        if (closed) {
          entry.forgotten = true;
        } else {
          open.put(segment, entry);
          evict(entry);
        }
      }
      entry.users++;
      return entry;
    }
  }

  private void evict(Open justOpened) {
    Iterator<Open> oldestFirst = open.values().iterator();
    List<Open> gone = new ArrayList<>();
    while (open.size() - gone.size() > limit && oldestFirst.hasNext()) {
      Open candidate = oldestFirst.next();
      if (candidate != justOpened) {
        gone.add(candidate);
      }
    }
    gone.forEach(this::forget);
  }

  /** Closes a segment once its last reader is done; a later reader opens it again. */
  public void forget(Segment segment) {
    synchronized (open) {
      Open entry = open.get(segment);
      if (entry != null) {
        forget(entry);
      }
    }
  }

  private void forget(Open entry) {
    open.remove(entry.segment);
    entry.forgotten = true;
    closeIfUnused(entry);
  }

  private void closeIfUnused(Open entry) {
    if (!entry.forgotten || entry.users > 0) {
      return;
    }
    try {
      entry.file.close();
    } catch (IOException e) {
      LOG.warn("Closing failed: segment={}", entry.segment.file(), e);
    }
  }

  /** How many are open and not on their way out. */
  int count() {
    synchronized (open) {
      return open.size();
    }
  }

  /** Keeps nothing open from now on but what a reader still holds. */
  @Override
  public void close() {
    synchronized (open) {
      closed = true;
      List.copyOf(open.values()).forEach(this::forget);
    }
  }
}
