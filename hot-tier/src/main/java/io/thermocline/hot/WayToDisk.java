package io.thermocline.hot;

import io.thermocline.hot.producers.LogId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Which way a group becomes durable. Forcing its own file is best for a large group, and as long as
 * few files are written: they are forced side by side. When many logs take turns with little each,
 * a force of each file costs more than writing the little twice. Thread-safe.
 */
final class WayToDisk {
  /** Looks back on so many groups. */
  private static final int RECENT_GROUPS = 32;

  /** What is written twice costs less than the force of a file up to about here. */
  private static final long MAX_JOURNALLED_BYTES = 256 * 1024;

  /** The logs of the last groups, oldest first, and how often each is there. */
  private final ArrayDeque<LogId> recent = new ArrayDeque<>();

  private final Map<LogId, Integer> turns = new HashMap<>();

  private final int minLogs;

  /**
   * @param minLogs how many are many
   */
  WayToDisk(int minLogs) {
    this.minLogs = minLogs;
  }

  /** Notes a group; whether it is better copied to the journal. */
  synchronized boolean isJournal(LogId log, long bytes) {
    recent.add(log);
    turns.merge(log, 1, Integer::sum);
    if (recent.size() > RECENT_GROUPS) {
      turns.computeIfPresent(recent.remove(), (unused, times) -> times == 1 ? null : times - 1);
    }
    return turns.size() >= minLogs && bytes <= MAX_JOURNALLED_BYTES;
  }
}
