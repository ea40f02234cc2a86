package io.thermocline.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One partition's batches at the sender, in order: sent and unanswered, then those refused together
 * and waiting to be sent again, then those not sent yet.
 *
 * <p>After a refusal nothing more is sent until every batch that was already out has been refused
 * too; then either all of them go back to the front of the queue, or all of them fail.
 */
final class Lane {
  private final PartitionName partition;
  private final Deque<ProducerBatch> queued = new ArrayDeque<>();
  private final Deque<ProducerBatch> sent = new ArrayDeque<>();
  private final List<ProducerBatch> refused = new ArrayList<>();
  private Failure refusal;
  private boolean restart;
  private long notBeforeNanos;
  private int attempts;

  Lane(PartitionName partition, long nowNanos) {
    this.partition = partition;
    this.notBeforeNanos = nowNanos;
  }

  PartitionName partition() {
    return partition;
  }

  void enqueue(ProducerBatch batch) {
    queued.add(batch);
  }

  boolean hasQueued() {
    return !queued.isEmpty();
  }

  /** Whether a batch may be sent now. */
  boolean maySend(long nowNanos, int maxInFlight) {
    return refusal == null
        && !queued.isEmpty()
        && sent.size() < maxInFlight
        && nowNanos - notBeforeNanos >= 0;
  }

  /** Nanoseconds until a pause ends or a batch expires; the largest long when nothing will. */
  long nanosUntilNext(long nowNanos, long timeoutNanos) {
    long wait = Long.MAX_VALUE;
    if (!queued.isEmpty()) {
      wait = Math.max(0, queued.peek().createdNanos() + timeoutNanos - nowNanos);
      if (notBeforeNanos - nowNanos > 0) {
        wait = Math.min(wait, notBeforeNanos - nowNanos);
      }
    }
    return sent.isEmpty()
        ? wait
        : Math.min(wait, Math.max(0, sent.peek().createdNanos() + timeoutNanos - nowNanos));
  }

  /** Takes the next batch to send. */
  ProducerBatch send() {
    ProducerBatch batch = queued.remove();
    sent.add(batch);
    return batch;
  }

  /** Whether the next batch sent has to carry the restart mark; asking takes the mark away. */
  boolean takeRestart() {
    boolean mark = restart;
    restart = false;
    return mark;
  }

  void acknowledged(ProducerBatch batch) {
    sent.remove(batch);
    attempts = 0;
  }

  /**
   * A batch was refused.
   *
   * @return whether it is kept, to be sent again or to fail with the others; else it fails now, as
   *     does one that may have been stored after all
   */
  boolean refused(ProducerBatch batch, Failure why, boolean expired) {
    sent.remove(batch);
    boolean first = refusal == null;
    if (first) {
      refusal = why;
    }
    if (!why.isNotApplied() || (first && (!why.retriable() || expired))) {
      return false;
    }
    refused.add(batch);
    return true;
  }

  /** Whether a refusal is known, and every batch that was out has been answered. */
  boolean isSettled() {
    return refusal != null && sent.isEmpty();
  }

  Failure refusal() {
    return refusal;
  }

  int nextAttempt() {
    return attempts++;
  }

  /** Puts what was refused back to the front, to be sent with the restart mark. */
  void resend(long whenNanos) {
    requeue();
    notBeforeNanos = whenNanos;
    restart = true;
  }

  /** Gives up what was refused; what is queued goes on, with the restart mark. */
  List<ProducerBatch> giveUpRefused() {
    List<ProducerBatch> given = List.copyOf(refused);
    refused.clear();
    refusal = null;
    restart = true;
    return given;
  }

  /**
   * The stream is over. What was refused, or never sent, goes on a new one.
   *
   * @return what was sent and not answered
   */
  List<ProducerBatch> streamClosed() {
    List<ProducerBatch> unknown = List.copyOf(sent);
    sent.clear();
    requeue();
    restart = false;
    return unknown;
  }

  /** Takes out what is queued, all of it or just what was created before. */
  List<ProducerBatch> takeQueued(long createdBeforeNanos, boolean all) {
    List<ProducerBatch> taken = new ArrayList<>();
    while (!queued.isEmpty() && (all || queued.peek().createdNanos() - createdBeforeNanos <= 0)) {
      taken.add(queued.remove());
    }
    return taken;
  }

  /** The batch that has waited longest for its answer; null when there is none. */
  ProducerBatch oldestSent() {
    return sent.peek();
  }

  private void requeue() {
    for (int i = refused.size() - 1; i >= 0; i--) {
      queued.addFirst(refused.get(i));
    }
    refused.clear();
    refusal = null;
  }
}
