package io.thermocline.hot;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What is to change one log, in order: batches, taken by the group, and pieces of upkeep between
 * them. One thread at a time does what is next, then lets other logs have the thread. Thread-safe.
 */
final class LogQueue {
  /** A group larger than this would make its first batches wait for its last. */
  private static final long MAX_GROUP_BYTES = 16L << 20;

  private final Executor writers;
  private final Worker worker;

  /** Guarded by itself. */
  private final ArrayDeque<Work> queue = new ArrayDeque<>();

  /** Whether a thread works on the queue, or is about to. Guarded by {@link #queue}. */
  private boolean busy;

  /** Why nothing more is taken into the queue. Guarded by {@link #queue} for writing. */
  private volatile ThermoclineException refusal;

  /** Why nothing in the queue is written any more. Guarded by {@link #queue} for writing. */
  private volatile ThermoclineException broken;

  /** What stands in the queue. */
  sealed interface Work permits PendingBatch, Step {}

  /**
   * A piece of upkeep in the order of the writes.
   *
   * @param always also on a broken log
   */
  record Step(Upkeep upkeep, boolean always, CompletableFuture<Void> done) implements Work {}

  /** A piece of upkeep. */
  interface Upkeep {
    void run() throws IOException;
  }

  /** Does what it is given. */
  interface Worker {
    /**
     * Writes a group; when all of it is answered it calls {@link #next}, on any thread. It does so
     * whatever it throws.
     */
    void commit(List<PendingBatch> group);

    /** Breaks the log for what a piece of upkeep threw, if it has to; says what to tell. */
    ThermoclineException failed(Throwable cause);
  }

  LogQueue(Executor writers, Worker worker) {
    this.writers = writers;
    this.worker = worker;
  }

  /** Why nothing more is taken; null while work is taken. */
  ThermoclineException refusal() {
    return refusal;
  }

  /** Why nothing is written any more; null while the log is whole. */
  ThermoclineException broken() {
    return broken;
  }

  /**
   * Nothing is written any more, and nothing more is taken, unless that is so already.
   *
   * @return why: {@code failure}, or what broke the log before
   */
  ThermoclineException breakFor(ThermoclineException failure) {
    synchronized (queue) {
      if (broken != null) {
        return broken;
      }
      broken = failure;
      if (refusal == null) {
        refusal = failure;
      }
      return failure;
    }
  }

  /** Fails what is queued: nothing of it is wanted. */
  void abandon(ThermoclineException why) {
    synchronized (queue) {
      broken = why;
    }
  }

  /** Queues the last piece of upkeep, done also on a broken log; nothing more is taken. */
  CompletableFuture<Void> finish(ThermoclineException why, Upkeep upkeep) {
    Step last = new Step(upkeep, true, new CompletableFuture<>());
    synchronized (queue) {
      refusal = why;
      enqueue(last);
    }
    return last.done();
  }

  /** Queues a piece of upkeep. */
  CompletableFuture<Void> step(Upkeep upkeep) {
    Step step = new Step(upkeep, false, new CompletableFuture<>());
    ThermoclineException why = take(step, false);
    if (why != null) {
      step.done().completeExceptionally(why);
    }
    return step.done();
  }

  /**
   * Queues a batch.
   *
   * @param alsoWhenFailed whether a log that failed has an answer to it: a repeat has
   * @return why it was not taken; null when it was
   */
  ThermoclineException offer(PendingBatch batch, boolean alsoWhenFailed) {
    return take(batch, alsoWhenFailed);
  }

  private ThermoclineException take(Work work, boolean alsoWhenFailed) {
    synchronized (queue) {
      if (refusal == null || (alsoWhenFailed && refusal.kind() == ErrorKind.LOG_FAILED)) {
        enqueue(work);
        return null;
      }
      return refusal;
    }
  }

  private void enqueue(Work work) {
    synchronized (queue) {
      queue.add(work);
      if (!busy) {
        start();
      }
    }
  }

  /** When no thread can be had, whoever comes next tries again. Guarded by {@link #queue}. */
  private void start() {
    busy = true;
    try {
      writers.execute(this::work);
    } catch (RuntimeException | Error e) {
      busy = false;
      throw e;
    }
  }

  /** Does the next piece, then lets other logs have the thread. */
  private void work() {
    List<PendingBatch> group = new ArrayList<>();
    Step step;
    synchronized (queue) {
      step = queue.peek() instanceof Step first ? first : null;
      if (step != null) {
        queue.remove();
      } else {
        takeGroup(group);
      }
    }
    if (step != null) {
      try {
        run(step);
      } finally {
        next();
      }
    } else {
      worker.commit(group);
    }
  }

  /** Lets a thread do what is next in the queue, if there is anything. */
  void next() {
    synchronized (queue) {
      busy = false;
      if (!queue.isEmpty()) {
        start();
      }
    }
  }

  private void takeGroup(List<PendingBatch> group) {
    long bytes = 0;
    while (queue.peek() instanceof PendingBatch batch) {
      bytes += batch.content().sizeInBytes();
      if (!group.isEmpty() && bytes > MAX_GROUP_BYTES) {
        return;
      }
      group.add(batch);
      queue.remove();
    }
  }

  private void run(Step step) {
    if (broken != null && !step.always()) {
      step.done().completeExceptionally(broken);
      return;
    }
    try {
      step.upkeep().run();
      step.done().complete(null);
    } catch (IOException | RuntimeException e) {
      step.done().completeExceptionally(worker.failed(e));
    } catch (Error e) {
      step.done().completeExceptionally(worker.failed(e));
      throw e;
    }
  }
}
