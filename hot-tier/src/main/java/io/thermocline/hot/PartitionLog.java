package io.thermocline.hot;

import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.disk.NotOpenedException;
import io.thermocline.hot.journal.JournalUser;
import io.thermocline.hot.producers.LogId;
import io.thermocline.hot.producers.ProducerMemory;
import io.thermocline.hot.read.CurrentView;
import io.thermocline.hot.read.LogView;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's log. Whatever changes its {@link LogTail} stands in one {@link LogQueue} and is
 * done by one thread at a time: a run of waiting batches is written, made durable at once, made
 * visible, and only then acknowledged; while that goes on the next run gathers. So a slow force
 * holds up nobody else's log, and a busy log shares its forces. A run becomes durable by a force of
 * the segment's file or, no thread waiting, in the {@link io.thermocline.hot.journal.Journal}.
 *
 * <p>After an I/O error on writing or forcing nothing more is written until the next start: a
 * second force would prove nothing. Reading goes on. Where a file could not be opened before
 * anything was written, what waits is refused, and the log goes on.
 */
final class PartitionLog implements JournalUser, LogQueue.Worker {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

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

  private final LogQueue queue;

  /** Used by {@link #tick}. */
  private long endAtTick;

  private int idleTicks;
  private int ticks;

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
    this.admission = new Admission(id, producers.table(), env.reserve(), fence);
    this.tail = new LogTail(id, env, view, followers, admission, writer);
    this.queue = new LogQueue(env.writers(), this);
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
    ThermoclineException why = queue.refusal();
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
    ThermoclineException why = queue.offer(batch, conditions.sequence().isPresent());
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
        queue.step(
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
    return queue.step(tail::seal);
  }

  /** Once a second: ends the active segment when it is old, lets go of its file when it is idle. */
  void tick() {
    LogView now = view.get();
    idleTicks = now.end() == endAtTick ? idleTicks + 1 : 0;
    endAtTick = now.end();
    boolean forgets = ++ticks % TICKS_UNTIL_FORGETTING == 0;
    if ((forgets || producers.isBehind(now.end())) && queue.refusal() == null) {
      CompletableFuture<Void> unused = noteProducers();
    }
    if (now.activeBytes() == 0 || queue.refusal() != null) {
      return;
    }
    if (tail.isOld(now.activeIndex().firstAppendMillis())) {
      CompletableFuture<Void> unused = queue.step(tail::rollIfOld);
    }
    if (idleTicks == TICKS_UNTIL_IDLE) {
      CompletableFuture<Void> unused = queue.step(tail::rest);
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
          if (queue.broken() == null) {
            tail.close();
            makeNote();
          } else {
            tail.abort();
          }
        });
  }

  /** As {@link #close}, and fails what is queued: for a topic that is deleted. */
  CompletableFuture<Void> abandon(ThermoclineException why) {
    queue.abandon(why);
    return finish(why, tail::discard);
  }

  private CompletableFuture<Void> finish(ThermoclineException why, LogQueue.Upkeep closing) {
    LogQueue.Upkeep last =
        () -> {
          try {
            closing.run();
          } finally {
            producers.table().forgetAll();
          }
        };
    CompletableFuture<Void> done = queue.finish(why, last);
    followers.close(why);
    return done;
  }

  /** Also forgets producers that are silent. Nothing is on its way to the disk while this runs. */
  private void makeNote() {
    LogView now = view.get();
    producers.table().forgetSilent();
    producers.note(now.end(), now.active().base(), now.activeBytes());
  }

  /** Makes a note of the producers of all that is durable; the caller has it stored. */
  CompletableFuture<Void> noteProducers() {
    return queue.step(this::makeNote);
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

  /** Writes a group, in the order of the queue. */
  @Override
  public void commit(List<PendingBatch> group) {
    commit(new GroupProgress(group));
  }

  /**
   * Writes what is left of a group, makes it durable, acknowledges it; then does what is next. What
   * is written and not answered the journal has refused: that goes on with a force of the file.
   */
  void commit(GroupProgress progress) {
    ThermoclineException why = queue.broken();
    boolean refused = progress.written() > 0;
    try {
      while (why == null && !progress.allAnswered()) {
        if (!refused) {
          tail.write(progress);
          if (isInJournal(progress)) {
            return;
          }
        }
        refused = false;
        tail.force(progress);
        tail.publish(progress);
      }
    } catch (IOException | RuntimeException e) {
      why = failed(e);
    } catch (Error e) {
      end(progress, failed(e));
      throw e;
    }
    end(progress, why);
  }

  /** Whether the journal took what was written, and goes on with the group. */
  private boolean isInJournal(GroupProgress progress) {
    return progress.written() > 0
        && env.way().isJournal(LogId.of(id), tail.unseenBytes())
        && env.journal().offer(new JournalledGroup(this, tail, progress, env.writers()));
  }

  /** Lets a thread do what is next, all of a group being answered. */
  void next() {
    queue.next();
  }

  /** Fails what is left of a group, and does what is next. */
  void end(GroupProgress progress, ThermoclineException why) {
    try {
      progress.fail(why, view.get().end(), admission, env.metrics());
    } finally {
      next();
    }
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

  /** Nothing is written to the log any more, unless all that failed is to open a file. */
  @Override
  public ThermoclineException failed(Throwable cause) {
    if (cause instanceof NotOpenedException) {
      return new ThermoclineException(
          ErrorKind.TRANSIENT,
          "Nothing was written to %s: %s. It may succeed later".formatted(id, cause.getMessage()),
          cause);
    }
    ThermoclineException failure =
        new ThermoclineException(
            ErrorKind.LOG_FAILED,
            "Log %s failed and takes no more writes until the server is restarted: %s"
                .formatted(id, cause),
            cause);
    ThermoclineException why = queue.breakFor(failure);
    if (why != failure) {
      return why;
    }
    env.metrics().failedLogs.incrementAndGet();
    LOG.error("Log failed: partition={} end={}", id, view.get().end(), cause);
    return failure;
  }
}
