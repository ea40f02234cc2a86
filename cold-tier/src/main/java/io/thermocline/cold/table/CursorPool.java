package io.thermocline.cold.table;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cursors that wait for the read that goes on where they stopped, so that a replay opens each file
 * once. A cursor is either here or with the one reader that took it. Thread-safe.
 */
final class CursorPool implements AutoCloseable {
  /** A replay comes back sooner; what waits longer is not coming. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  private final int maxWaiting;
  private final InstantSource clock;

  /** Longest waiting first. Guarded by this. */
  private final Map<Place, Waiting> waiting = new LinkedHashMap<>();

  private boolean closed;

  private record Place(String location, long offset) {}

  private record Waiting(FileReplay cursor, Instant since) {}

  CursorPool(int maxWaiting, InstantSource clock) {
    this.maxWaiting = maxWaiting;
    this.clock = clock;
  }

  /** The cursor that goes on at {@code offset} of a file, if one waits. It is the caller's then. */
  Optional<FileReplay> take(String location, long offset) {
    Optional<FileReplay> taken;
    List<FileReplay> left;
    synchronized (this) {
      taken = Optional.ofNullable(waiting.remove(new Place(location, offset))).map(Waiting::cursor);
      left = removeOld();
    }
    left.forEach(FileReplay::close);
    return taken;
  }

  /** Lets a cursor wait where it stands. It is no longer the caller's. */
  void give(String location, FileReplay cursor) {
    List<FileReplay> left = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        left.add(cursor);
      } else {
        Place place = new Place(location, cursor.nextOffset());
        Waiting same = waiting.remove(place);
        if (same != null) {
          left.add(same.cursor());
        }
        waiting.put(place, new Waiting(cursor, clock.instant()));
        left.addAll(removeOld());
      }
    }
    left.forEach(FileReplay::close);
  }

  /** Whether a cursor waits there. */
  synchronized boolean waitsAt(String location, long offset) {
    return waiting.containsKey(new Place(location, offset));
  }

  private List<FileReplay> removeOld() {
    Instant limit = clock.instant().minus(MAX_WAIT);
    List<FileReplay> removed = new ArrayList<>();
    Iterator<Waiting> oldest = waiting.values().iterator();
    while (oldest.hasNext()) {
      Waiting next = oldest.next();
      if (waiting.size() <= maxWaiting && !next.since().isBefore(limit)) {
        break;
      }
      removed.add(next.cursor());
      oldest.remove();
    }
    return removed;
  }

  @Override
  public void close() {
    List<FileReplay> left;
    synchronized (this) {
      closed = true;
      left = waiting.values().stream().map(Waiting::cursor).toList();
      waiting.clear();
    }
    left.forEach(FileReplay::close);
  }
}
