package io.thermocline.testkit;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Span;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One partition of {@link MemoryHotTier}. Every method takes the one lock. */
final class MemoryLog {
  private final TopicPartition id;
  private final InstantSource clock;
  private final Quirks quirks;

  /** Oldest first; only the last may be unsealed. They cover {@code [hotStart, end)}. */
  private final Deque<MemorySpan> spans = new ArrayDeque<>();

  private final List<OffsetRange> lost = new ArrayList<>();
  private final MemoryProducers producers = new MemoryProducers();
  private SegmentLimits limits = new SegmentLimits(Long.MAX_VALUE, Duration.ofDays(36_500));
  private int epoch;
  private long logStart;
  private long hotStart;
  private long stableEnd = Long.MAX_VALUE;
  private long end;
  private long fence;
  private long repeats;

  MemoryLog(TopicPartition id, InstantSource clock, Quirks quirks) {
    this.id = id;
    this.clock = clock;
    this.quirks = quirks;
  }

  synchronized Appended append(
      BatchContent content, long maxTimestampMillis, AppendConditions conditions) {
    Optional<Appended> original =
        conditions.sequence().flatMap(sequence -> producers.original(sequence, content));
    if (original.isPresent()) {
      repeats++;
      return original.get();
    }
    checkFence(conditions.fenceToken());
    conditions.sequence().ifPresent(producers::check);
    checkOffset(conditions.expectedOffset());
    Appended place = store(content, maxTimestampMillis);
    conditions.sequence().ifPresent(sequence -> producers.took(sequence, content, place));
    return place;
  }

  private void checkFence(OptionalLong token) {
    if (token.orElse(0) < fence) {
      throw new ThermoclineException(
          ErrorKind.FENCED, "%s has fence %d, the append %s".formatted(id, fence, token));
    }
  }

  private void checkOffset(OptionalLong expected) {
    if (expected.isPresent() && expected.getAsLong() != end) {
      throw new ThermoclineException(
              ErrorKind.CONFLICT,
              "Expected offset %d, the next of %s is %d".formatted(expected.getAsLong(), id, end))
          .with(Map.of("next_offset", Long.toString(end)));
    }
  }

  private Appended store(BatchContent content, long maxTimestampMillis) {
    long base = end;
    long now = clock.millis();
    RecordBatch whole = new RecordBatch(base, now, maxTimestampMillis, copy(content));
    MemorySpan active = activeFor(whole.sizeInBytes());
    for (RecordBatch batch : quirks.splits() ? split(whole) : List.of(whole)) {
      active.add(batch);
    }
    end = whole.nextOffset() + quirks.offsetsAfterBatch();
    active.stretch(end);
    return new Appended(base, now);
  }

  synchronized long repeats() {
    return repeats;
  }

  synchronized long fence() {
    return fence;
  }

  synchronized long raiseFence(long expected, long token) {
    if (token <= expected) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Token %d is not greater than %d".formatted(token, expected));
    }
    if (expected != fence) {
      throw new ThermoclineException(
              ErrorKind.CONFLICT, "The fence of %s is %d, not %d".formatted(id, fence, expected))
          .with(Map.of("fence", Long.toString(fence)));
    }
    fence = token;
    return fence;
  }

  /** As if the producer had sent all that comes before {@code next}. */
  synchronized void producerReached(ProducerSequence next) {
    producers.reach(next);
  }

  synchronized void forgetProducers() {
    producers.forget();
  }

  synchronized ReadResult read(long from, int maxBytes) {
    if (from < hotStart) {
      return new ReadResult.BeforeStart(hotStart);
    }
    if (from >= end) {
      return new ReadResult.AtEnd(end);
    }
    List<RecordBatch> picked = new ArrayList<>();
    long bytes = 0;
    boolean all = true;
    for (RecordBatch batch : batchesFrom(from)) {
      bytes += batch.sizeInBytes();
      if (!picked.isEmpty() && bytes > maxBytes) {
        all = false;
        break;
      }
      picked.add(batch);
    }
    if (quirks.emptyReads() && !picked.isEmpty() && picked.get(0).baseOffset() > from) {
      return progress(List.of(), from, picked.get(0).baseOffset());
    }
    boolean toTheEnd = picked.isEmpty() || (all && !quirks.emptyReads());
    return progress(picked, from, toTheEnd ? end : picked.get(picked.size() - 1).nextOffset());
  }

  synchronized PartitionState state() {
    long bytes = spans.stream().mapToLong(MemorySpan::bytes).sum();
    long stable = Math.max(hotStart, Math.min(stableEnd, end));
    return new PartitionState(epoch, logStart, hotStart, stable, end, bytes, spans.size());
  }

  synchronized Optional<OffsetAndTimestamp> offsetForTimestamp(long from, long timestampMillis) {
    long first = Math.max(from, hotStart);
    return batchesFrom(first).stream()
        .flatMap(batch -> TestBatches.decode(batch).stream())
        .filter(record -> record.offset() >= first && record.timestampMillis() >= timestampMillis)
        .findFirst()
        .map(record -> new OffsetAndTimestamp(record.offset(), record.timestampMillis()));
  }

  synchronized Optional<OffsetAndTimestamp> maxTimestamp(long from) {
    long first = Math.max(from, hotStart);
    LargestTimestamp largest = new LargestTimestamp();
    batchesFrom(first).stream()
        .flatMap(batch -> TestBatches.decode(batch).stream())
        .filter(record -> record.offset() >= first)
        .forEach(record -> largest.offer(record.offset(), record.timestampMillis()));
    return largest.found();
  }

  synchronized List<Span> spans() {
    sealWhenOld();
    return spans.stream().map(MemorySpan::describe).toList();
  }

  synchronized void seal() {
    if (!spans.isEmpty()) {
      spans.getLast().seal();
    }
  }

  synchronized long trim(long upTo) {
    while (!spans.isEmpty() && spans.getFirst().isSealed() && spans.getFirst().to() <= upTo) {
      spans.removeFirst();
    }
    long oldest = spans.isEmpty() ? end : spans.getFirst().from();
    hotStart = Math.max(hotStart, oldest);
    return hotStart;
  }

  synchronized long advanceLogStart(long newLogStart) {
    if (newLogStart > end) {
      throw new ThermoclineException(
          ErrorKind.OUT_OF_RANGE,
          "Log start %d of %s is past the end %d".formatted(newLogStart, id, end));
    }
    logStart = Math.max(logStart, newLogStart);
    hotStart = Math.max(hotStart, logStart);
    while (!spans.isEmpty() && spans.getFirst().to() <= logStart) {
      spans.removeFirst();
    }
    return logStart;
  }

  synchronized void limits(SegmentLimits newLimits) {
    limits = newLimits;
  }

  /** The hot start moves without this tier being asked, and not by whole spans. */
  synchronized void trimmedByAnother(long newHotStart) {
    hotStart = Math.max(hotStart, Math.min(newHotStart, end));
  }

  synchronized void lose(OffsetRange range) {
    spans.forEach(span -> span.forget(range));
    lost.add(range);
  }

  synchronized void raiseEpoch() {
    epoch++;
  }

  synchronized void holdStableEnd(long offset) {
    stableEnd = offset;
  }

  private ReadResult progress(List<RecordBatch> batches, long from, long nextOffset) {
    OffsetRange read = new OffsetRange(from, nextOffset);
    List<OffsetRange> lostHere =
        lost.stream().map(read::intersect).filter(range -> !range.isEmpty()).toList();
    // Copies: what a reader gives back is spoiled.
    List<RecordBatch> given =
        batches.stream()
            .map(
                batch ->
                    new RecordBatch(
                        batch.baseOffset(),
                        batch.appendTimeMillis(),
                        batch.maxTimestampMillis(),
                        copy(batch.content())))
            .toList();
    return new ReadResult.Progress(given, nextOffset, lostHere);
  }

  private List<RecordBatch> batchesFrom(long from) {
    return spans.stream()
        .flatMap(span -> span.batches().stream())
        .filter(batch -> batch.nextOffset() > from)
        .toList();
  }

  private MemorySpan activeFor(long bytes) {
    sealWhenOld();
    if (!spans.isEmpty() && spans.getLast().bytes() + bytes > limits.maxBytes()) {
      spans.getLast().seal();
    }
    if (spans.isEmpty() || spans.getLast().isSealed()) {
      spans.addLast(new MemorySpan(end));
    }
    return spans.getLast();
  }

  private void sealWhenOld() {
    if (!spans.isEmpty()) {
      long age = clock.millis() - spans.getLast().firstAppendTimeMillis();
      if (age >= limits.maxAge().toMillis()) {
        spans.getLast().seal();
      }
    }
  }

  private static List<RecordBatch> split(RecordBatch batch) {
    return TestBatches.decode(batch).stream()
        .map(
            record ->
                TestBatches.batch(Compression.NONE, batch.appendTimeMillis(), List.of(record)))
        .toList();
  }

  private static BatchContent copy(BatchContent content) {
    byte[] payload = new byte[content.payload().remaining()];
    content.payload().duplicate().get(payload);
    return new BatchContent(
        content.count(),
        content.lastOffsetDelta(),
        content.compression(),
        content.attributes(),
        content.baseTimestampMillis(),
        content.uncompressedBytes(),
        content.crc32c(),
        ByteBuffer.wrap(payload));
  }
}
