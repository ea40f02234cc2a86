package io.thermocline.hot;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.hot.directory.Metadata;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.disk.NotOpenedException;
import io.thermocline.hot.groups.GroupOffsetsFile;
import io.thermocline.hot.producers.ProducerTable;
import io.thermocline.hot.read.LogReader;
import io.thermocline.hot.read.LogView;
import io.thermocline.hot.segment.Segment;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.GroupOffsets;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Span;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The hot tier as logs in a local directory: segments that are forced before a batch is
 * acknowledged. One process holds a directory at a time.
 *
 * <p>Opening brings back what was there: unacknowledged tails that a crash left half written are
 * kept aside and cut, acknowledged records that were damaged are named and the others served.
 */
public final class EmbeddedHotTier implements HotTier, AutoCloseable {
  private static final Capabilities CAPABILITIES =
      new Capabilities(ProducerTable.WINDOW_BATCHES, true, true);

  private final LogEnvironment env;
  private final HotThreads threads;
  private final MetadataFile metadata;
  private final Logs logs;
  private final GroupOffsetsFile groups;
  private final DurableTopics topics;
  private final Upkeep upkeep;
  private final LogReader reader;
  private final FoundDamage damage;
  private final Trimmer trimmer;
  private final BatchChecks checks;

  EmbeddedHotTier(HotOpening opening) {
    this.env = opening.env();
    this.threads = opening.threads();
    this.metadata = opening.metadata();
    this.logs = opening.logs();
    this.groups = opening.groups();
    this.topics = new DurableTopics(env, metadata, logs, groups, threads);
    this.upkeep = opening.upkeep();
    this.reader =
        new LogReader(env.segments(), env.settings().batchLimits().maxUncompressedBytes());
    this.damage = opening.damage();
    this.trimmer = new Trimmer(env, metadata, opening.notes());
    this.checks = new BatchChecks(env.settings().batchLimits());
  }

  /**
   * Opens a directory, making it when it is absent. When this fails nothing stays open.
   *
   * @param clock gives append times and the age of segments
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when the directory is in
   *     use, can't be written, or was written by a newer version; {@link ErrorKind#CORRUPT} when
   *     the metadata is damaged
   */
  public static EmbeddedHotTier open(
      HotSettings settings, InstantSource clock, MeterRegistry meters) {
    return new EmbeddedHotTier(HotOpening.open(settings, clock, meters, new LocalDisk()));
  }

  /** Which topics there are. */
  public TopicRegistry topics() {
    return topics;
  }

  /** Where the groups stand. */
  public GroupOffsets groupOffsets() {
    return groups;
  }

  /** The identity made with the data directory: who owns a warehouse. */
  public UUID clusterId() {
    return metadata.current().clusterId();
  }

  /** Whether every log, the metadata and the groups' offsets can be written. */
  public boolean healthy() {
    return env.metrics().failedLogs.get() == 0 && metadata.healthy() && groups.healthy();
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public CompletableFuture<Appended> append(
      TopicPartition id, BatchContent batch, AppendConditions conditions) {
    try {
      PartitionLog log = logs.require(id);
      if (conditions.sequence().isEmpty()) {
        // What may be a repeat is told so first, where that is known.
        log.checkTakesAppends();
        env.reserve().check();
      }
      return log.append(batch, conditions, checks.check(batch));
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public long fence(TopicPartition id) {
    return logs.require(id).fence();
  }

  @Override
  public CompletableFuture<Long> raiseFence(TopicPartition id, long expected, long token) {
    try {
      PartitionLog log = logs.require(id);
      Admission.checkRaise(expected, token);
      return log.raiseFence(expected, token, now -> storeFence(id, now));
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private void storeFence(TopicPartition id, long token) {
    Metadata unused = metadata.change(m -> m.with(id, partition -> partition.fencedBy(token)));
  }

  @Override
  public CompletableFuture<ReadResult> read(TopicPartition id, long from, int maxBytes) {
    try {
      // A little that was written a moment ago lies in the page cache: handing it to another thread
      // and back takes longer than reading it.
      boolean isAtTail = logs.require(id).view().isAtTail(from);
      Executor reading = isAtTail ? Runnable::run : threads.readers();
      return blocking(reading, id, () -> readNow(id, from, maxBytes));
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private ReadResult readNow(TopicPartition id, long from, int maxBytes) throws IOException {
    LogReader.Damage found = damageOf(id);
    ReadResult result = onView(id, view -> reader.read(view, from, maxBytes, found));
    if (result instanceof ReadResult.Progress progress) {
      note(progress);
    }
    return result;
  }

  private LogReader.Damage damageOf(TopicPartition id) {
    PartitionLog log = logs.require(id);
    return ranges -> damage.take(log, ranges);
  }

  /** Work on a log's files as one view has them. */
  private interface ViewWork<T> {
    T on(LogView view) throws IOException;
  }

  /** Does it again when files went away under it because they were trimmed. */
  private <T> T onView(TopicPartition id, ViewWork<T> work) throws IOException {
    LogView view = logs.require(id).view();
    while (true) {
      try {
        return work.on(view);
      } catch (NoSuchFileException gone) {
        LogView now = logs.require(id).view();
        if (now.oldest() == view.oldest()) {
          throw gone;
        }
        view = now;
      }
    }
  }

  private void note(ReadResult.Progress progress) {
    long bytes = 0;
    for (var batch : progress.batches()) {
      bytes += batch.sizeInBytes();
    }
    env.metrics().readBytes.increment((double) bytes);
    for (OffsetRange range : progress.lost()) {
      env.metrics().lostOffsets.increment((double) range.span());
    }
  }

  @Override
  public void giveBack(List<RecordBatch> batches) {
    reader.giveBack(batches);
  }

  @Override
  public PartitionState state(TopicPartition id) {
    return logs.require(id).view().state();
  }

  @Override
  public CompletableFuture<Long> awaitBeyond(TopicPartition id, long offset) {
    try {
      return logs.require(id).followers().beyond(offset);
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public CompletableFuture<Optional<OffsetAndTimestamp>> offsetForTimestamp(
      TopicPartition id, long from, long timestampMillis) {
    return blocking(
        threads.readers(),
        id,
        () -> {
          LogReader.Damage found = damageOf(id);
          return onView(id, view -> reader.offsetForTimestamp(view, from, timestampMillis, found));
        });
  }

  @Override
  public CompletableFuture<Optional<OffsetAndTimestamp>> maxTimestamp(
      TopicPartition id, long from) {
    return blocking(
        threads.readers(),
        id,
        () -> {
          LogReader.Damage found = damageOf(id);
          return onView(id, view -> reader.maxTimestamp(view, from, found));
        });
  }

  @Override
  public List<Span> spans(TopicPartition id) {
    return Waiting.on(blocking(threads.readers(), id, () -> onView(id, this::spans)));
  }

  private List<Span> spans(LogView view) throws IOException {
    List<Span> spans = new ArrayList<>();
    for (Segment.Sealed sealed : view.sealed()) {
      spans.add(span(LogView.extent(sealed), true));
    }
    if (view.activeBytes() > 0) {
      spans.add(span(view.activeExtent(), false));
    }
    return List.copyOf(spans);
  }

  private Span span(LogView.Extent extent, boolean sealed) throws IOException {
    LogReader.Ages ages = reader.ages(extent);
    return new Span(
        new OffsetRange(extent.segment().base(), extent.end()),
        extent.bytes(),
        ages.firstAppendMillis(),
        ages.lastAppendMillis(),
        sealed);
  }

  @Override
  public CompletableFuture<Void> seal(TopicPartition id) {
    try {
      return logs.require(id).seal();
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public CompletableFuture<Long> trim(TopicPartition id, long upTo) {
    try {
      return Trimmer.prepare(logs.require(id), upTo)
          .thenCompose(
              reached ->
                  blocking(threads.chores(), id, () -> trimmer.trim(logs.require(id), reached)));
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public CompletableFuture<Long> advanceLogStart(TopicPartition id, long logStart) {
    return blocking(threads.chores(), id, () -> trimmer.advanceLogStart(logs.require(id), logStart))
        .thenCompose(now -> letGo(id, now).thenApply(done -> now));
  }

  private CompletableFuture<Void> letGo(TopicPartition id, long logStart) {
    return seal(id, logStart)
        .thenCompose(done -> trim(id, logStart))
        .handle(
            (reached, failure) -> {
              if (failure != null) {
                trimmer.stays(id, failure);
              }
              return null;
            });
  }

  private CompletableFuture<Void> seal(TopicPartition id, long logStart) {
    try {
      return Trimmer.sealBelow(logs.require(id), logStart);
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public void segmentLimits(TopicPartition id, SegmentLimits limits) {
    logs.require(id).limits(limits);
  }

  /** Work that blocks for I/O. */
  private interface Blocking<T> {
    T get() throws IOException;
  }

  private <T> CompletableFuture<T> blocking(
      Executor executor, TopicPartition id, Blocking<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Runnable run =
        () -> {
          try {
            future.complete(work.get());
          } catch (NotOpenedException e) {
            future.completeExceptionally(
                new ThermoclineException(
                    ErrorKind.TRANSIENT,
                    "Local files of %s can't be opened now: %s".formatted(id, e.getMessage()),
                    e));
          } catch (IOException e) {
            future.completeExceptionally(
                new ThermoclineException(
                    ErrorKind.CORRUPT, "Local files of %s can't be read: %s".formatted(id, e), e));
          } catch (RuntimeException e) {
            future.completeExceptionally(e);
          } catch (Error e) {
            future.completeExceptionally(e);
            throw e;
          }
        };
    try {
      executor.execute(run);
    } catch (java.util.concurrent.RejectedExecutionException closed) {
      future.completeExceptionally(threads.refusal());
    }
    return future;
  }

  /**
   * Takes nothing more, makes durable and acknowledges what was taken, notes where the logs stand,
   * and lets the directory go. Harmless when repeated.
   */
  @Override
  public void close() {
    upkeep.close();
  }
}
