package io.thermocline.gateway;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Whose turn it is to read. Partitions take turns by bytes: one that was given a batch larger than
 * a turn sits out until the others had as much.
 */
final class FetchTurns {
  private final Deque<FetchCursor> waiting = new ArrayDeque<>();
  private final int turnBytes;
  private FetchCursor chosen;

  FetchTurns(int turnBytes) {
    this.turnBytes = turnBytes;
  }

  void add(FetchCursor cursor) {
    waiting.add(cursor);
  }

  void remove(FetchCursor cursor) {
    waiting.remove(cursor);
    if (cursor.equals(chosen)) {
      chosen = null;
    }
  }

  /** Whose turn it is, until it is removed; null when nobody waits. */
  FetchCursor peek() {
    while (chosen == null && !waiting.isEmpty()) {
      FetchCursor first = waiting.element();
      if (first.takeTurn(turnBytes) || waiting.size() == 1) {
        chosen = first;
      } else {
        waiting.add(waiting.remove());
      }
    }
    return chosen;
  }
}
