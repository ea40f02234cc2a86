package io.thermocline.gateway.fetch;

import io.thermocline.gateway.read.TieredRead;
import io.thermocline.gateway.stream.NamedPartition;
import io.thermocline.gateway.wire.ResponseLimit;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.FetchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One partition's place in a fetch stream. Touched only by its stream's serial executor.
 *
 * <pre>
 *   LOCATING --> QUEUED <--> READING --> AWAITING --> QUEUED ...
 *                  |  ^      |  |
 *                  |  +-- RESTING
 *                  v  |         +--> DONE, FAILED      (a seek leads from anywhere to LOCATING)
 *                  HELD
 * </pre>
 */
final class FetchCursor {

  /** What a cursor is about. */
  enum Phase {
    /** Its start is being looked up. */
    LOCATING,
    /** It waits for its turn to read. */
    QUEUED,
    /** It lets those at the ends of logs go first for a while. */
    RESTING,
    /** A tier is reading for it. */
    READING,
    /** It is at the end and waits for more, without a thread. */
    AWAITING,
    /** It is paused, or has no credit. */
    HELD,
    /** It reached its end. */
    DONE,
    /** It can't go on. */
    FAILED
  }

  /** What a batch takes in a response beside its payload, a lost range behind it too, at most. */
  private static final int BATCH_OVERHEAD = 128;

  private final NamedPartition key;
  private final boolean follow;
  private final OptionalLong endOffset;
  private final ResponseLimit limit;

  private Optional<TopicPartition> id = Optional.empty();
  private OptionalLong stopAt = OptionalLong.empty();
  private Optional<CompletableFuture<Long>> awaiting = Optional.empty();
  private Phase phase = Phase.LOCATING;
  private long positionId;

  /** Raised by whatever makes results on their way worthless. */
  private int generation;

  /** Where the next read begins. Invariant: {@code >= sent}. */
  private long next;

  /** Where the reader is: the next offset of the last response that was sent. */
  private long sent;

  /** Payload bytes that may still be read for it; below zero after a batch larger than the rest. */
  private long credit;

  /** Payload bytes it was given, or would have been had it never been away. */
  private long servedBytes;

  /** When it began to wait for its turn. */
  private long queueNumber;

  /** Whether it begins at the log start, wherever that is by the time of its first read. */
  private boolean fromEarliest;

  /** When the end that it waited for moved, until that is read. */
  private OptionalLong movedNanos = OptionalLong.empty();

  private boolean paused;
  private boolean fresh;
  private boolean spoke;

  FetchCursor(
      NamedPartition key,
      long positionId,
      boolean follow,
      OptionalLong endOffset,
      ResponseLimit limit,
      long credit) {
    this.key = key;
    this.positionId = positionId;
    this.follow = follow;
    this.endOffset = endOffset;
    this.limit = limit;
    this.credit = credit;
  }

  NamedPartition key() {
    return key;
  }

  /** Which partition it is; known from the first time that its topic was found. */
  TopicPartition id() {
    return id.orElseThrow(() -> new IllegalStateException(key + " was not found yet"));
  }

  boolean isFound() {
    return id.isPresent();
  }

  Phase phase() {
    return phase;
  }

  int generation() {
    return generation;
  }

  long next() {
    return next;
  }

  boolean fresh() {
    return fresh;
  }

  /** Gives up what is on its way; results of an older generation are dropped. */
  void interrupt(Phase newPhase) {
    generation++;
    phase = newPhase;
    fresh = false;
    awaiting.ifPresent(future -> future.cancel(false));
    awaiting = Optional.empty();
    movedNanos = OptionalLong.empty();
  }

  /** Begins to look for a new position. */
  void seek(long newPositionId) {
    positionId = newPositionId;
    interrupt(Phase.LOCATING);
  }

  /** Says which partition it is, and, the first time, where that ends. */
  void found(TopicPartition partition, long end) {
    id = Optional.of(partition);
    if (stopAt.isEmpty()) {
      long limit = endOffset.orElse(Long.MAX_VALUE);
      stopAt = OptionalLong.of(follow ? limit : Math.min(limit, end));
    }
  }

  /** Stands at an offset from now on. */
  void standAt(long offset) {
    fromEarliest = false;
    next = offset;
    sent = offset;
  }

  /** Stands at the log start from now on. */
  void standAtEarliest(long logStart) {
    standAt(logStart);
    fromEarliest = true;
  }

  boolean fromEarliest() {
    return fromEarliest;
  }

  /** Forgets what was read and not sent. */
  void rewind() {
    next = sent;
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
  }

  void grant(long bytes) {
    credit = credit > 0 && bytes > Long.MAX_VALUE - credit ? Long.MAX_VALUE : credit + bytes;
  }

  /** Whether it may read now. */
  boolean mayRead() {
    return !paused && credit > 0;
  }

  boolean atStop() {
    return next >= stop();
  }

  /** Where it ends: it has nothing to do with records from there on. */
  long stop() {
    return stopAt.orElse(Long.MAX_VALUE);
  }

  void phase(Phase newPhase) {
    phase = newPhase;
  }

  /** Waits for more to come. */
  void await(CompletableFuture<Long> more) {
    phase = Phase.AWAITING;
    awaiting = Optional.of(more);
  }

  /** More came, at {@code nanos} if that is of interest. */
  void woken(OptionalLong nanos) {
    awaiting = Optional.empty();
    movedNanos = nanos;
    fresh = true;
  }

  /** When what is read now came, if it was waited for. To be asked once. */
  OptionalLong takeMoved() {
    OptionalLong moved = movedNanos;
    movedNanos = OptionalLong.empty();
    return moved;
  }

  /** Begins to wait for its turn, among others that were given {@code atLeast} bytes. */
  void queue(long atLeast, long number) {
    phase = Phase.QUEUED;
    servedBytes = Math.max(servedBytes, atLeast);
    queueNumber = number;
  }

  long servedBytes() {
    return servedBytes;
  }

  long queueNumber() {
    return queueNumber;
  }

  /** How much to read in one turn. */
  int readLimit(int turnBytes) {
    return (int) Math.min(credit, turnBytes);
  }

  /**
   * A read of what the reader wants and takes: nothing from its end on, and nothing from the first
   * batch on that is larger than a response may be. To be called from any thread.
   *
   * @param from where the read began
   * @throws ThermoclineException {@code INVALID} when it begins with such a batch
   */
  UnaryOperator<TieredRead> wanted(long from) {
    long stop = stop();
    return read -> fitting(read.before(stop), from);
  }

  private TieredRead fitting(TieredRead read, long from) {
    long room = limit.room(key.topic());
    for (RecordBatch batch : read.batches()) {
      if (bytes(batch) > room) {
        if (batch.baseOffset() <= from) {
          throw limit.exceeded(key.topic(), key.partition(), batch.range(), bytes(batch));
        }
        return read.before(batch.baseOffset());
      }
    }
    return read;
  }

  /** What a batch takes in a response, at most. */
  private static long bytes(RecordBatch batch) {
    return (long) batch.sizeInBytes() + BATCH_OVERHEAD;
  }

  /** Takes a read's result into account. */
  void read(TieredRead read, int turnBytes) {
    fromEarliest = false;
    next = read.nextOffset();
    credit -= read.bytes();
    servedBytes += read.bytes();
    // A whole turn read and still not at the end: it is catching up, and must not crowd the tail.
    fresh = read.caughtUp() || (fresh && read.bytes() < turnBytes);
  }

  /** Takes a response that was not sent back out of account. */
  void unread(long bytes) {
    grant(bytes);
  }

  /** Notes that a response goes out. */
  void sent(long nextOffset) {
    sent = nextOffset;
    spoke = true;
  }

  /** Whether it said nothing since this was last asked. */
  boolean silent() {
    boolean silent = !spoke;
    spoke = false;
    return silent;
  }

  /**
   * A read's result as responses, none larger than {@code maxBytes} unless one batch alone is, and
   * none larger than the reader takes.
   *
   * @param whenWritten takes the batches of each, once they were copied to where they are sent from
   */
  List<FetchAnswer> answers(
      TieredRead read, int maxBytes, Consumer<List<RecordBatch>> whenWritten) {
    List<FetchAnswer> answers = new ArrayList<>();
    List<RecordBatch> batches = new ArrayList<>();
    long most = Math.min(maxBytes, limit.room(key.topic()));
    long bytes = 0;
    long from = 0;
    for (RecordBatch batch : read.batches()) {
      long size = bytes(batch);
      if (!batches.isEmpty() && bytes + size > most) {
        long upTo = batches.get(batches.size() - 1).nextOffset();
        answers.add(answer(part(read, from, upTo), batches, whenWritten));
        batches = new ArrayList<>();
        bytes = 0;
        from = upTo;
      }
      batches.add(batch);
      bytes += size;
    }
    FetchResponse.Builder last = head(read.logStart(), read.end(), read.nextOffset());
    last.setTier(Wire.tier(read.tier())).setCaughtUp(read.caughtUp()).setDone(atStop());
    addLost(last, read, from, Long.MAX_VALUE);
    answers.add(answer(last, batches, whenWritten));
    return answers;
  }

  private static FetchAnswer answer(
      FetchResponse.Builder head,
      List<RecordBatch> batches,
      Consumer<List<RecordBatch>> whenWritten) {
    return new FetchAnswer(head.build(), batches, () -> whenWritten.accept(batches));
  }

  private FetchResponse.Builder part(TieredRead read, long from, long upTo) {
    FetchResponse.Builder head = head(read.logStart(), read.end(), upTo);
    head.setTier(Wire.tier(read.tier()));
    addLost(head, read, from, upTo);
    return head;
  }

  private static void addLost(FetchResponse.Builder head, TieredRead read, long from, long upTo) {
    for (OffsetRange lost : read.lost()) {
      if (lost.from() >= from && lost.from() < upTo) {
        head.addLost(Wire.range(lost));
      }
    }
  }

  /** News without batches: where the partition stands. */
  FetchResponse.Builder head(long logStart, long end, long nextOffset) {
    return FetchResponse.newBuilder()
        .setTopic(key.topic())
        .setPartition(key.partition())
        .setPositionId(positionId)
        .setNextOffset(nextOffset)
        .setLogStart(logStart)
        .setEnd(end);
  }
}
