package io.thermocline.gateway.fetch;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Whose turn it is to read: of those who wait, the one that was given the fewest bytes. One that
 * comes late, or back, stands beside the others: it does not make up for the time it was away.
 */
final class FetchTurns {
  private final PriorityQueue<FetchCursor> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(FetchCursor::servedBytes)
              .thenComparingLong(FetchCursor::queueNumber));

  /** Bytes given to the one whose turn it was last, before that turn. */
  private long reached;

  private long queued;

  void add(FetchCursor cursor) {
    cursor.queue(reached, queued++);
    waiting.add(cursor);
  }

  void remove(FetchCursor cursor) {
    waiting.remove(cursor);
  }

  /** Whose turn it is, until it is removed; null when nobody waits. */
  FetchCursor peek() {
    FetchCursor first = waiting.peek();
    if (first != null) {
      reached = first.servedBytes();
    }
    return first;
  }
}
