package io.thermocline.hot;

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
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's log. Whatever changes its active segment stands in one queue and is done by one
 * thread at a time: a run of waiting batches is written, forced once, made visible, and only then
 * acknowledged; while that goes on the next run gathers. So a slow force holds up nobody else's
 * log, and a busy log shares its forces.
 *
 * <p>After an I/O error on writing or forcing nothing more is written until the next start: a
 * second force would prove nothing. Reading goes on.
 */
final class PartitionLog {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

  /** A group larger than this would make its first batches wait for its last. */
  private static final long MAX_GROUP_BYTES = 16L << 20;

  private final TopicPartition id;
  private final LogEnvironment env;
  private final Followers followers;

  /** What stands in the queue: a batch, or a step of upkeep. */
  private sealed interface Work permits PendingBatch, Step {}

  private record PendingBatch(
      BatchContent content,
      long maxTimestampMillis,
      long startedAt,
      CompletableFuture<Appended> done)
      implements Work {}

  private record Step(Upkeep upkeep, CompletableFuture<Void> done) implements Work {}

  private interface Upkeep {
    void run() throws IOException;
  }

  /** Guarded by itself. */
  private final ArrayDeque<Work> queue = new ArrayDeque<>();

  /** Whether a thread works on the queue, or is about to. Guarded by {@link #queue}. */
  private boolean busy;

  /** Why nothing more is taken into the queue. Guarded by {@link #queue} for writing. */
  private volatile ThermoclineException refusal;

  /** Why nothing in the queue is written any more. Guarded by {@link #queue} for writing. */
  private volatile ThermoclineException broken;

  /** Used by the thread that works on the queue. */
  private SegmentWriter writer;

  /** Guards changes of {@link #view}. */
  private final Object viewLock = new Object();

  /** What readers see. */
  private volatile LogView view;

  private volatile SegmentLimits limits;

  PartitionLog(TopicPartition id, LogEnvironment env, LogView view, SegmentWriter writer) {
    this.id = id;
    this.env = env;
    this.view = view;
    this.writer = writer;
    this.limits = env.settings().segmentLimits();
    this.followers = new Followers(() -> this.view.end());
  }

  TopicPartition id() {
    return id;
  }

  LogView view() {
    return view;
  }

  Followers followers() {
    return followers;
  }

  void limits(SegmentLimits newLimits) {
    limits = newLimits;
  }

  /** Refuses when no batch can be taken. */
  void checkTakesAppends() {
    ThermoclineException why = refusal;
    if (why != null) {
      throw why;
    }
  }

  /** Queues a checked batch. */
  CompletableFuture<Appended> append(BatchContent content, long maxTimestampMillis) {
    long bytes = content.sizeInBytes();
    if (env.metrics().waitingBytes.addAndGet(bytes) > env.settings().maxWaitingBytes()) {
      env.metrics().waitingBytes.addAndGet(-bytes);
      return CompletableFuture.failedFuture(
          new ThermoclineException(
              ErrorKind.EXHAUSTED,
              "More than %d bytes wait to become durable: slow down"
                  .formatted(env.settings().maxWaitingBytes())));
    }
    PendingBatch batch =
        new PendingBatch(
            content, maxTimestampMillis, env.metrics().now(), new CompletableFuture<>());
    ThermoclineException why = offer(batch);
    if (why != null) {
      fail(List.of(batch), why);
    }
    return batch.done();
  }

  /** Ends the active segment, unless it is empty. */
  CompletableFuture<Void> seal() {
    return step(
        () -> {
          if (writer.position() > 0) {
            roll();
          }
        });
  }

  /** Ends the active segment when it is old enough. */
  void rollIfOld() {
    if (view.activeBytes() == 0 || refusal != null) {
      return;
    }
    CompletableFuture<Void> unused =
        step(
            () -> {
              if (writer.isDue(limits, 0, env.clock().millis())) {
                roll();
              }
            });
  }

  /** Changes the view, from any thread. */
  void changeView(UnaryOperator<LogView> change) {
    synchronized (viewLock) {
      view = change.apply(view);
    }
  }

  /**
   * Finishes what is queued and takes nothing more, for {@code why}.
   *
   * @return completes when the log's file is closed
   */
  CompletableFuture<Void> close(ThermoclineException why) {
    Step last = new Step(this::closeFile, new CompletableFuture<>());
    synchronized (queue) {
      refusal = why;
      enqueue(last);
    }
    followers.close(why);
    return last.done();
  }

  /** As {@link #close}, and fails what is queued: for a topic that is deleted. */
  CompletableFuture<Void> abandon(ThermoclineException why) {
    synchronized (queue) {
      broken = why;
    }
    return close(why);
  }

  private void closeFile() throws IOException {
    writer.close();
    if (writer.position() > 0 && broken == null) {
      writeIndex(writer);
    }
  }

  /** Where the log stands, to be found again at the next start. */
  Optional<Checkpoint.Mark> mark() {
    LogView now = view;
    return now.end() == 0
        ? Optional.empty()
        : Optional.of(
            new Checkpoint.Mark(now.end(), now.active().base(), now.activeBytes(), now.epoch()));
  }

  private CompletableFuture<Void> step(Upkeep upkeep) {
    Step step = new Step(upkeep, new CompletableFuture<>());
    ThermoclineException why = offer(step);
    if (why != null) {
      step.done().completeExceptionally(why);
    }
    return step.done();
  }

  /**
   * Queues a piece of work.
   *
   * @return why it was not taken; null when it was
   */
  private ThermoclineException offer(Work work) {
    synchronized (queue) {
      if (refusal == null) {
        enqueue(work);
      }
      return refusal;
    }
  }

  private void enqueue(Work work) {
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
    } else {
      commit(group);
    }
    synchronized (queue) {
      if (queue.isEmpty()) {
        busy = false;
        return;
      }
    }
    env.writers().execute(this::work);
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
    try {
      step.upkeep().run();
      step.done().complete(null);
    } catch (IOException | RuntimeException e) {
      step.done().completeExceptionally(failed(e));
    }
  }

  private void commit(List<PendingBatch> group) {
    GroupCommit commit = new GroupCommit(group.size());
    try {
      if (broken != null) {
        throw broken;
      }
      while (commit.acknowledged < group.size()) {
        commitRun(group, commit);
      }
    } catch (ThermoclineException refused) {
      fail(group.subList(commit.acknowledged, group.size()), refused);
    } catch (IOException | RuntimeException e) {
      ThermoclineException failure = failed(e);
      fail(group.subList(commit.acknowledged, commit.begun), outcomeUnknown(failure));
      fail(group.subList(commit.begun, group.size()), failure);
    }
  }

  /** How far a group has come: everything below {@code begun} may be in the file. */
  private static final class GroupCommit {
    private final List<Appended> places;
    private int acknowledged;
    private int begun;

    GroupCommit(int size) {
      places = new ArrayList<>(size);
    }
  }

  /** Writes what fits into one segment, forces it, makes it visible, acknowledges it. */
  private void commitRun(List<PendingBatch> group, GroupCommit commit) throws IOException {
    long now = env.clock().millis();
    if (isDue(group.get(commit.begun), now)) {
      roll();
    }
    LogView before = view;
    do {
      PendingBatch batch = group.get(commit.begun++);
      BatchHeader header =
          writer.append(
              batch.content(), now, batch.maxTimestampMillis(), before.end(), before.epoch());
      commit.places.add(new Appended(header.baseOffset(), now));
    } while (commit.begun < group.size() && !isDue(group.get(commit.begun), now));
    long forceStarted = env.metrics().now();
    writer.force();
    long bytes = writer.position() - before.activeBytes();
    env.metrics().forced(forceStarted, commit.begun - commit.acknowledged, bytes);
    changeView(v -> v.appended(writer.nextOffset(), writer.position()));
    followers.moved();
    env.reserve().written(bytes);
    while (commit.acknowledged < commit.begun) {
      PendingBatch batch = group.get(commit.acknowledged);
      acknowledge(batch, commit.places.get(commit.acknowledged++));
    }
  }

  private boolean isDue(PendingBatch batch, long now) {
    return writer.isDue(limits, (long) BatchHeader.BYTES + batch.content().sizeInBytes(), now);
  }

  private void acknowledge(PendingBatch batch, Appended place) {
    HotMetrics metrics = env.metrics();
    metrics.waitingBytes.addAndGet(-batch.content().sizeInBytes());
    metrics.appendedBytes.increment(batch.content().sizeInBytes());
    metrics.appendedRecords.increment(batch.content().count());
    metrics.appended(batch.startedAt());
    batch.done().complete(place);
  }

  private void fail(List<PendingBatch> batches, ThermoclineException why) {
    for (PendingBatch batch : batches) {
      env.metrics().waitingBytes.addAndGet(-batch.content().sizeInBytes());
      batch.done().completeExceptionally(why);
    }
  }

  /** Ends the active segment and begins the next; everything in the old one is forced. */
  private void roll() throws IOException {
    SegmentWriter old = writer;
    SegmentIndex nextIndex = new SegmentIndex(0);
    Segment next = Segment.at(env.directory().partition(id), LogId.of(id), old.nextOffset());
    SegmentWriter nextWriter = SegmentWriter.create(env.disk(), next, nextIndex);
    writeIndex(old);
    old.close();
    writer = nextWriter;
    changeView(v -> v.rolled(next, nextIndex));
  }

  /** An index is a hint: when it can't be written it is made again from the segment. */
  private void writeIndex(SegmentWriter sealed) {
    if (sealed.index().missingFront() > 0) {
      return;
    }
    try {
      IndexFile.write(env.disk(), sealed.segment(), sealed.index(), sealed.position());
    } catch (IOException e) {
      env.metrics().failedChores.increment();
      LOG.warn("Writing an index failed: segment={}", sealed.segment().file(), e);
    }
  }

  private ThermoclineException failed(Exception cause) {
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
    LOG.error("Log failed: partition={} end={}", id, view.end(), cause);
    return failure;
  }

  private ThermoclineException outcomeUnknown(ThermoclineException failure) {
    return new ThermoclineException(
        ErrorKind.OUTCOME_UNKNOWN,
        "The batch may or may not survive a restart: " + failure.getMessage(),
        failure);
  }
}
