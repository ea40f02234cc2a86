package io.thermocline.testkit;

import io.thermocline.codec.BatchChecker;
import io.thermocline.codec.BatchLimits;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Span;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A hot tier kept in memory, simple enough to trust. By default its futures are complete when they
 * are returned; {@link Quirks} and an executor make it as awkward as a log on other machines.
 */
public final class MemoryHotTier implements HotTier, AutoCloseable {
  private static final Capabilities CAPABILITIES =
      new Capabilities(MemoryProducers.WINDOW_BATCHES, true, true);

  private record Waiter(TopicPartition id, long offset, CompletableFuture<Long> future) {}

  private final MemoryTopics topics;
  private final InstantSource clock;
  private final Quirks quirks;
  private final Executor executor;
  private final Map<TopicPartition, MemoryLog> logs = new ConcurrentHashMap<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private volatile boolean closed;

  /** Dense offsets; every future is complete at once. */
  public MemoryHotTier(MemoryTopics topics, InstantSource clock) {
    this(topics, clock, Quirks.NONE, Runnable::run);
  }

  /**
   * A tier with quirks.
   *
   * @param executor runs all asynchronous work, in the order it is handed over
   */
  public MemoryHotTier(MemoryTopics topics, InstantSource clock, Quirks quirks, Executor executor) {
    this.topics = topics;
    this.clock = clock;
    this.quirks = quirks;
    this.executor = executor;
    topics.onDelete(this::failWaiters);
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public CompletableFuture<Appended> append(
      TopicPartition id, BatchContent batch, AppendConditions conditions) {
    return answer(
        () -> {
          MemoryLog log = log(id);
          Appended appended = log.append(batch, check(batch), conditions);
          wake(id, log.state().end());
          return appended;
        });
  }

  @Override
  public long fence(TopicPartition id) {
    return log(id).fence();
  }

  @Override
  public CompletableFuture<Long> raiseFence(TopicPartition id, long expected, long token) {
    return answer(() -> log(id).raiseFence(expected, token));
  }

  @Override
  public CompletableFuture<ReadResult> read(TopicPartition id, long from, int maxBytes) {
    return answer(() -> log(id).read(from, maxBytes));
  }

  /** What was given up is spoiled at once: who still reads it finds out. */
  @Override
  public void giveBack(List<RecordBatch> batches) {
    batches.forEach(TestBatches::spoil);
  }

  @Override
  public PartitionState state(TopicPartition id) {
    return log(id).state();
  }

  @Override
  public CompletableFuture<Long> awaitBeyond(TopicPartition id, long offset) {
    CompletableFuture<Long> future = new CompletableFuture<>();
    try {
      synchronized (waiters) {
        long end = log(id).state().end();
        if (end <= offset) {
          waiters.removeIf(waiter -> waiter.future().isDone());
          waiters.add(new Waiter(id, offset, future));
          return future;
        }
        executor.execute(() -> future.complete(end));
      }
    } catch (ThermoclineException refused) {
      future.completeExceptionally(refused);
    }
    return future;
  }

  @Override
  public CompletableFuture<Optional<OffsetAndTimestamp>> offsetForTimestamp(
      TopicPartition id, long from, long timestampMillis) {
    return answer(() -> log(id).offsetForTimestamp(from, timestampMillis));
  }

  @Override
  public CompletableFuture<Optional<OffsetAndTimestamp>> maxTimestamp(
      TopicPartition id, long from) {
    return answer(() -> log(id).maxTimestamp(from));
  }

  @Override
  public List<Span> spans(TopicPartition id) {
    return log(id).spans();
  }

  @Override
  public CompletableFuture<Void> seal(TopicPartition id) {
    return answer(
        () -> {
          log(id).seal();
          return null;
        });
  }

  @Override
  public CompletableFuture<Long> trim(TopicPartition id, long upTo) {
    return answer(() -> log(id).trim(upTo));
  }

  @Override
  public CompletableFuture<Long> advanceLogStart(TopicPartition id, long logStart) {
    return answer(() -> log(id).advanceLogStart(logStart));
  }

  @Override
  public void segmentLimits(TopicPartition id, SegmentLimits limits) {
    log(id).limits(limits);
  }

  /** Someone else trims: the hot start moves to {@code upTo} at least, also inside a span. */
  public void trimmedByAnother(TopicPartition id, long upTo) {
    log(id).trimmedByAnother(upTo);
  }

  /**
   * A producer comes to {@code next}: all before it was sent, so long ago that only that is known.
   */
  public void producerReached(TopicPartition id, ProducerSequence next) {
    log(id).producerReached(next);
  }

  /** How many batches were answered with the place of their original, over all partitions. */
  public long repeats() {
    return logs.values().stream().mapToLong(MemoryLog::repeats).sum();
  }

  /** No producer of the partition is known any more, as when they were silent for long. */
  public void forgetProducers(TopicPartition id) {
    log(id).forgetProducers();
  }

  /** Damages {@code range}: batches that touch it are not served, the range is reported lost. */
  public void lose(TopicPartition id, OffsetRange range) {
    log(id).lose(range);
  }

  /** Raises the log epoch, as a recovery does that cut something. */
  public void raiseEpoch(TopicPartition id) {
    log(id).raiseEpoch();
  }

  /** Keeps the stable end at {@code offset} from now on, while the end goes on. */
  public void holdStableEnd(TopicPartition id, long offset) {
    log(id).holdStableEnd(offset);
  }

  /** From here on every call fails with {@link ErrorKind#TRANSIENT}, waiting ones too. */
  @Override
  public void close() {
    closed = true;
    failWaiters(waiter -> true, new ThermoclineException(ErrorKind.TRANSIENT, "Closed"));
  }

  private long check(BatchContent batch) {
    return new BatchChecker(BatchLimits.defaults()).check(batch);
  }

  private MemoryLog log(TopicPartition id) {
    if (closed) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Closed");
    }
    topics.require(id);
    return logs.computeIfAbsent(id, key -> new MemoryLog(key, clock, quirks));
  }

  private <T> CompletableFuture<T> answer(Supplier<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            future.complete(work.get());
          } catch (RuntimeException failure) {
            future.completeExceptionally(failure);
          }
        });
    return future;
  }

  private void wake(TopicPartition id, long end) {
    for (Waiter waiter : take(waiter -> waiter.id().equals(id) && waiter.offset() < end)) {
      waiter.future().complete(end);
    }
  }

  private void failWaiters(TopicId topic) {
    failWaiters(
        waiter -> waiter.id().topic().equals(topic),
        new ThermoclineException(ErrorKind.NOT_FOUND, "No topic '" + topic + "'"));
  }

  private void failWaiters(Predicate<Waiter> which, ThermoclineException failure) {
    take(which).forEach(waiter -> waiter.future().completeExceptionally(failure));
  }

  /** Takes waiters out under the lock; they are completed outside it. */
  private List<Waiter> take(Predicate<Waiter> which) {
    List<Waiter> taken = new ArrayList<>();
    synchronized (waiters) {
      for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
        Waiter waiter = all.next();
        if (which.test(waiter)) {
          all.remove();
          taken.add(waiter);
        }
      }
    }
    return taken;
  }
}
