package io.thermocline.gateway.fetch;

import io.grpc.stub.ServerCallStreamObserver;
import io.thermocline.gateway.stream.ByteBudget;
import io.thermocline.gateway.stream.StreamMetrics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * What a fetch stream has to say and could not say yet, and the memory that takes. Sends only while
 * the peer is ready. Touched only by the stream's serial executor.
 *
 * <p>A stream that holds nothing may always read: what others hold back never stops it, it only
 * reads no further ahead then.
 *
 * <p>Every byte counted against the shared budget is in one of three places: reserved for a read on
 * its way, unsent in here, or handed to the network, which gives it back when the peer is ready
 * again.
 */
final class FetchOutbox {
  /** Reads on their way and results not sent: one is sent while the next is read. */
  private static final int MAX_AHEAD = 2;

  private record Entry(FetchCursor cursor, FetchAnswer answer) {}

  private final ServerCallStreamObserver<FetchAnswer> out;
  private final ByteBudget budget;
  private final StreamMetrics metrics;
  private final Runnable whenFree;
  private final Deque<Entry> unsent = new ArrayDeque<>();
  private int reading;
  private int unsentWithRecords;
  private long handedOver;
  private boolean waitsForBudget;
  private boolean closed;

  FetchOutbox(
      ServerCallStreamObserver<FetchAnswer> out,
      ByteBudget budget,
      StreamMetrics metrics,
      Runnable whenFree) {
    this.out = out;
    this.budget = budget;
    this.metrics = metrics;
    this.whenFree = whenFree;
  }

  /** Whether one more read may begin. */
  boolean hasRoom() {
    return !closed && reading + unsentWithRecords < MAX_AHEAD;
  }

  /** Whether what is added now goes out at once. */
  boolean isFlowing() {
    return unsent.isEmpty() && out.isReady();
  }

  boolean isIdle() {
    return reading == 0 && unsent.isEmpty();
  }

  /**
   * Sets memory aside for a read.
   *
   * @return false when there is none; then {@code whenFree} is called later, from any thread
   */
  boolean reserve(long bytes) {
    if (reading == 0 && unsent.isEmpty() && handedOver == 0) {
      budget.add(bytes);
    } else if (waitsForBudget) {
      return false;
    } else if (!budget.take(bytes, whenFree)) {
      waitsForBudget = true;
      return false;
    }
    reading++;
    return true;
  }

  /** Word has come that there may be memory again. */
  void budgetFreed() {
    waitsForBudget = false;
  }

  /** A read is over: what was set aside for it becomes what it really takes. */
  void settle(long reserved, long bytes) {
    reading--;
    budget.add(bytes);
    budget.give(reserved);
  }

  void add(FetchCursor cursor, FetchAnswer answer) {
    unsent.add(new Entry(cursor, answer));
    if (!answer.batches().isEmpty()) {
      unsentWithRecords++;
    }
  }

  /** Says what can be said now. */
  void send() {
    while (out.isReady()) {
      giveBackHandedOver();
      Entry entry = unsent.poll();
      if (entry == null) {
        return;
      }
      long bytes = entry.answer().bytes();
      handedOver += bytes;
      if (!entry.answer().batches().isEmpty()) {
        unsentWithRecords--;
      }
      entry.cursor().sent(entry.answer().head().getNextOffset());
      out.onNext(entry.answer());
      metrics.fetched(entry.answer().head().getTier(), bytes);
    }
  }

  /**
   * Forgets what is unsent for a cursor.
   *
   * @return payload bytes forgotten
   */
  long drop(FetchCursor cursor) {
    long dropped = 0;
    for (Iterator<Entry> entries = unsent.iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.cursor().equals(cursor)) {
        dropped += entry.answer().bytes();
        unsentWithRecords -= entry.answer().batches().isEmpty() ? 0 : 1;
        entries.remove();
      }
    }
    budget.give(dropped);
    return dropped;
  }

  /** Forgets everything. Reads still on their way settle by themselves. */
  void close() {
    closed = true;
    budget.forget(whenFree);
    unsent.forEach(entry -> budget.give(entry.answer().bytes()));
    unsent.clear();
    unsentWithRecords = 0;
    giveBackHandedOver();
  }

  private void giveBackHandedOver() {
    budget.give(handedOver);
    handedOver = 0;
  }
}
