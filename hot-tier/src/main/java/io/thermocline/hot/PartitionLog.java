package io.thermocline.hot;

import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.journal.JournalUser;
import io.thermocline.hot.producers.ProducerMemory;
import io.thermocline.hot.read.CurrentView;
import io.thermocline.hot.read.LogView;
import io.thermocline.hot.segment.LogId;
import io.thermocline.hot.segment.SegmentFile;
import io.thermocline.hot.segment.SegmentWriter;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's log. Whatever changes its {@link LogTail} stands in one queue and is done by one
 * thread at a time: a run of waiting batches is written, made durable at once, made visible, and
 * only then acknowledged; while that goes on the next run gathers. So a slow force holds up nobody
 * else's log, and a busy log shares its forces. A run becomes durable by a force of the segment's
 * file or, no thread waiting, in the {@link io.thermocline.hot.journal.Journal}.
 *
 * <p>After an I/O error on writing or forcing nothing more is written until the next start: a
 * second force would prove nothing. Reading goes on.
 */
final class PartitionLog implements JournalUser {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

  /** A group larger than this would make its first batches wait for its last. */
  private static final long MAX_GROUP_BYTES = 16L << 20;

  private static final int TICKS_UNTIL_IDLE = 30;
  private static final int TICKS_UNTIL_FORGETTING = 600;

  private final TopicPartition id;
  private final LogEnvironment env;
  private final CurrentView view;
  private final Followers followers;

  /** Used by the thread that works on the queue. */
  private final LogTail tail;

  private final Admission admission;
  private final ProducerMemory producers;

  /** A {@link PendingBatch} or a {@link Step}. Guarded by itself. */
  private final ArrayDeque<Object> queue = new ArrayDeque<>();

  /** Whether a thread works on the queue, or is about to. Guarded by {@link #queue}. */
  private boolean busy;

  /** Why nothing more is taken into the queue. Guarded by {@link #queue} for writing. */
  private volatile ThermoclineException refusal;

  /** Why nothing in the queue is written any more. Guarded by {@link #queue} for writing. */
  private volatile ThermoclineException broken;

  /** Used by {@link #tick}. */
  private long endAtTick;

  private int idleTicks;
  private int ticks;

  /**
   * A piece of upkeep in the order of the writes.
   *
   * @param always also on a broken log
   */
  private record Step(Upkeep upkeep, boolean always, CompletableFuture<Void> done) {}

  private interface Upkeep {
    void run() throws IOException;
  }

  /**
   * @param producers as they stood at the log's end
   * @param fence the token below which appends are refused
   */
  PartitionLog(
      TopicPartition id,
      LogEnvironment env,
      LogView first,
      SegmentWriter writer,
      ProducerMemory producers,
      long fence) {
    this.id = id;
    this.env = env;
    this.view = new CurrentView(first);
    this.followers = new Followers(() -> view.get().end());
    this.producers = producers;
    this.admission = new Admission(id, producers.table(), fence);
    this.tail = new LogTail(id, env, view, followers, admission, writer);
  }

  TopicPartition id() {
    return id;
  }

  CurrentView current() {
    return view;
  }

  LogView view() {
    return view.get();
  }

  Followers followers() {
    return followers;
  }

  void limits(SegmentLimits newLimits) {
    tail.limits(newLimits);
  }

  /** Refuses when no batch can be taken. */
  void checkTakesAppends() {
    ThermoclineException why = refusal;
    if (why != null) {
      throw why;
    }
  }

  /** Queues a checked batch. */
  CompletableFuture<Appended> append(
      BatchContent content, AppendConditions conditions, long maxTimestampMillis) {
    HotMetrics metrics = env.metrics();
    PendingBatch batch =
        new PendingBatch(
            content, conditions, maxTimestampMillis, metrics.now(), new CompletableFuture<>());
    long bytes = PendingBatch.weight(content);
    long waiting = metrics.waitingBytes.addAndGet(bytes);
    if (waiting > env.settings().maxWaitingBytes() && waiting > bytes) {
      batch.fail(
          new ThermoclineException(
              ErrorKind.EXHAUSTED,
              "More than %d bytes wait to become durable: slow down"
                  .formatted(env.settings().maxWaitingBytes())),
          metrics);
      return batch.done();
    }
    ThermoclineException why = offer(batch, conditions.sequence().isPresent());
    if (why != null) {
      batch.fail(why, metrics);
    }
    return batch.done();
  }

  /** The durable token below which appends are refused; 0: there is no fence. */
  long fence() {
    return admission.fence();
  }

  /**
   * Raises the fence, in the order of the writes.
   *
   * @param store makes the token durable, or throws to refuse it
   */
  CompletableFuture<Long> raiseFence(long expected, long token, LongConsumer store) {
    CompletableFuture<Long> raised = new CompletableFuture<>();
    CompletableFuture<Void> turn =
        step(
            () -> {
              try {
                raised.complete(admission.raiseFence(expected, token, store));
              } catch (ThermoclineException refused) {
                raised.completeExceptionally(refused);
              }
            });
    CompletableFuture<Void> unused =
        turn.whenComplete(
            (done, failure) -> {
              if (failure != null) {
                raised.completeExceptionally(failure);
              }
            });
    return raised;
  }

  /** Ends the active segment, unless it is empty. */
  CompletableFuture<Void> seal() {
    return step(tail::seal);
  }

  /** Once a second: ends the active segment when it is old, lets go of its file when it is idle. */
  void tick() {
    LogView now = view.get();
    idleTicks = now.end() == endAtTick ? idleTicks + 1 : 0;
    endAtTick = now.end();
    boolean forgets = ++ticks % TICKS_UNTIL_FORGETTING == 0;
    if ((forgets || producers.isBehind(now.end())) && refusal == null) {
      CompletableFuture<Void> unused = noteProducers();
    }
    if (now.activeBytes() == 0 || refusal != null) {
      return;
    }
    if (tail.isOld(now.activeIndex().firstAppendMillis())) {
      CompletableFuture<Void> unused = step(tail::rollIfOld);
    }
    if (idleTicks == TICKS_UNTIL_IDLE) {
      CompletableFuture<Void> unused = step(tail::rest);
    }
  }

  /**
   * Finishes what is queued and takes nothing more, for {@code why}.
   *
   * @return completes when the log's file is closed
   */
  CompletableFuture<Void> close(ThermoclineException why) {
    return finish(
        why,
        () -> {
          if (broken == null) {
            tail.close();
            makeNote();
          } else {
            tail.abort();
          }
        });
  }

  /** As {@link #close}, and fails what is queued: for a topic that is deleted. */
  CompletableFuture<Void> abandon(ThermoclineException why) {
    synchronized (queue) {
      broken = why;
    }
    return finish(why, tail::discard);
  }

  private CompletableFuture<Void> finish(ThermoclineException why, Upkeep closing) {
    Upkeep last =
        () -> {
          try {
            closing.run();
          } finally {
            producers.table().forgetAll();
          }
        };
    Step step = new Step(last, true, new CompletableFuture<>());
    synchronized (queue) {
      refusal = why;
      enqueue(step);
    }
    followers.close(why);
    return step.done();
  }

  /** Also forgets producers that are silent. Nothing is on its way to the disk while this runs. */
  private void makeNote() {
    LogView now = view.get();
    producers.table().forgetSilent(env.clock().millis());
    producers.note(now.end(), now.active().base(), now.activeBytes());
  }

  /** Makes a note of the producers of all that is durable; the caller has it stored. */
  CompletableFuture<Void> noteProducers() {
    return step(this::makeNote);
  }

  ProducerMemory producers() {
    return producers;
  }

  /** How far the log's files are forced, to be found again at the next start. */
  Optional<Checkpoint.Mark> mark() {
    SegmentFile file = tail.file();
    SegmentFile.Reach forced = file.forced();
    return forced.offset() == 0
        ? Optional.empty()
        : Optional.of(
            new Checkpoint.Mark(
                forced.offset(), file.segment().base(), forced.position(), view.get().epoch()));
  }

  private CompletableFuture<Void> step(Upkeep upkeep) {
    Step step = new Step(upkeep, false, new CompletableFuture<>());
    ThermoclineException why = offer(step, false);
    if (why != null) {
      step.done().completeExceptionally(why);
    }
    return step.done();
  }

  /**
   * Queues a piece of work.
   *
   * @param alsoWhenFailed whether a log that failed has an answer to it: a repeat has
   * @return why it was not taken; null when it was
   */
  private ThermoclineException offer(Object work, boolean alsoWhenFailed) {
    synchronized (queue) {
      if (refusal == null || (alsoWhenFailed && refusal.kind() == ErrorKind.LOG_FAILED)) {
        enqueue(work);
        return null;
      }
      return refusal;
    }
  }

  private void enqueue(Object work) {
    synchronized (queue) {
      queue.add(work);
      if (!busy) {
        busy = true;
        env.writers().execute(this::work);
      }
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
      run(step);
      next();
    } else {
      commit(new GroupProgress(group));
    }
  }

  /** Lets a thread do what is next in the queue, if there is anything. */
  void next() {
    synchronized (queue) {
      busy = !queue.isEmpty();
      if (busy) {
        env.writers().execute(this::work);
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
      step.done().completeExceptionally(failed(e));
    }
  }

  /** Writes what is left of a group, makes it durable, acknowledges it; then does what is next. */
  void commit(GroupProgress progress) {
    ThermoclineException why = broken;
    try {
      while (why == null && !progress.allAnswered()) {
        tail.write(progress);
        if (progress.written() > 0
            && env.way().isJournal(LogId.of(id), tail.unseenBytes())
            && env.journal().offer(new JournalledGroup(this, tail, progress, env.writers()))) {
          return;
        }
        tail.force(progress);
        tail.publish(progress);
      }
    } catch (IOException | RuntimeException e) {
      why = failed(e);
    }
    end(progress, why);
  }

  /** Fails what is left of a group, and does what is next. */
  void end(GroupProgress progress, ThermoclineException why) {
    progress.fail(why, view.get().end(), admission, env.metrics());
    next();
  }

  /** Forces the active segment, which has all the journal may hold: others were forced before. */
  @Override
  public boolean force() {
    try {
      tail.file().force();
      return true;
    } catch (IOException e) {
      ThermoclineException unused = failed(e);
      return false;
    }
  }

  /** The log failed: nothing is written to it any more. */
  ThermoclineException failed(Exception cause) {
    ThermoclineException failure =
        new ThermoclineException(
            ErrorKind.LOG_FAILED,
            "Log %s failed and takes no more writes until the server is restarted: %s"
                .formatted(id, cause),
            cause);
    synchronized (queue) {
      if (broken != null) {
        return broken;
      }
      broken = failure;
      if (refusal == null) {
        refusal = failure;
      }
    }
    env.metrics().failedLogs.incrementAndGet();
    LOG.error("Log failed: partition={} end={}", id, view.get().end(), cause);
    return failure;
  }
}
