package io.thermocline.model;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The fresh end of every log, on local disk. It speaks of offsets, not of files, so that Apache
 * Kafka can stand behind it later: batches may be split, merged or re-encoded by an implementation;
 * only records and offsets are kept.
 *
 * <p>Thread-safe. Futures complete on threads of the implementation: what is chained to them must
 * not block; some are complete when they are returned. They fail with {@link ThermoclineException}:
 * {@link ErrorKind#NOT_FOUND} for a partition that does not exist (or whose topic was deleted and
 * created again), {@link ErrorKind#LOG_FAILED} after an I/O error on that log, {@link
 * ErrorKind#TRANSIENT} once closed. Methods that return plainly throw the same.
 */
public interface HotTier {

  /**
   * What an implementation can do beyond storing batches. What it can't is refused with {@link
   * ErrorKind#UNSUPPORTED}, never done more weakly.
   *
   * @param producerWindowBatches batches of each producer and partition that repeats are told from;
   *     0: it takes no {@link ProducerSequence}
   * @param expectedOffset whether an append may demand its offset
   * @param fences whether a partition can be fenced
   */
  record Capabilities(int producerWindowBatches, boolean expectedOffset, boolean fences) {
    /** Batches are stored, and that is all. */
    public static final Capabilities NONE = new Capabilities(0, false, false);

    /**
     * Refuses conditions that can't be judged.
     *
     * @throws ThermoclineException {@link ErrorKind#UNSUPPORTED}
     */
    public void check(AppendConditions conditions) {
      require(producerWindowBatches > 0 || conditions.sequence().isEmpty(), "producer sequences");
      require(expectedOffset || conditions.expectedOffset().isEmpty(), "expected offsets");
      require(fences || conditions.fenceToken().isEmpty(), "fence tokens");
    }

    private static void require(boolean can, String what) {
      if (!can) {
        throw new ThermoclineException(
            ErrorKind.UNSUPPORTED, "This hot tier has no " + what + ": append without");
      }
    }
  }

  /** What this implementation can do; always the same. */
  Capabilities capabilities();

  /**
   * Appends a batch. The future completes once its bytes are forced to disk; until then no reader
   * sees it. Batches of one partition appended by one thread are stored in that order.
   *
   * <p>The batch is checked before anything is written: checksum, count, sizes, bounded
   * decompression, fields, header names, timestamps. The payload must stay unchanged until the
   * future completes.
   *
   * <p>A batch may be appended while the one before it is unanswered. Should that one fail then,
   * and not by its conditions, this one is not stored either.
   *
   * @return where it lies, or for a repeat where the original lies; fails with {@link
   *     ErrorKind#INVALID} for a bad batch, {@link ErrorKind#EXHAUSTED} when the disk reserve is
   *     reached, which is no reason to refuse a repeat, or when too much is waiting, which is: it
   *     says nothing of an earlier try of the batch; {@link ErrorKind#OUTCOME_UNKNOWN} when an I/O
   *     error came after the write began, and as {@link AppendConditions} says
   */
  CompletableFuture<Appended> append(
      TopicPartition id, BatchContent batch, AppendConditions conditions);

  /** Appends a batch without conditions: on a partition with a fence that is refused. */
  default CompletableFuture<Appended> append(TopicPartition id, BatchContent batch) {
    return append(id, batch, AppendConditions.NONE);
  }

  /**
   * The token below which appends to the partition are refused, durable; 0 when it has no fence.
   */
  long fence(TopicPartition id);

  /**
   * Raises the partition's fence, in the order of its writes: what was appended before is judged by
   * the old one, what comes later by the new one.
   *
   * @param expected the fence the caller knows of, 0 for none
   * @param token the new one, greater than {@code expected}
   * @return completes with {@code token} once it is durable; fails with {@link ErrorKind#CONFLICT}
   *     (detail {@code "fence"}) when the fence is not {@code expected}, {@link ErrorKind#INVALID}
   *     when the token is not greater, {@link ErrorKind#OUTCOME_UNKNOWN} when an I/O error came
   *     after the write began
   */
  CompletableFuture<Long> raiseFence(TopicPartition id, long expected, long token);

  /**
   * Reads what is durable, without waiting for more.
   *
   * @param from first offset wanted, {@code >= 0}
   * @param maxBytes soft limit on the batches' bytes; one batch is given even if it is larger
   * @return batches owned by the caller, unaffected by later appends and trims; {@link
   *     ReadResult.BeforeStart} with {@code hotStart}; or {@link ReadResult.AtEnd}, also when
   *     {@code from} is past the end
   */
  CompletableFuture<ReadResult> read(TopicPartition id, long from, int maxBytes);

  /**
   * Gives up batches that {@link #read} gave: their payloads are read by nobody any more, from now
   * on, and their memory may be used for others. Need not be said of each batch; may be said of it
   * once.
   */
  default void giveBack(List<RecordBatch> batches) {}

  /** The partition's offsets, at one moment. Does no I/O. */
  PartitionState state(TopicPartition id);

  /**
   * Waits without a thread until the partition's end is greater than {@code offset}.
   *
   * @return completes with the end; canceling it gives up the place
   */
  CompletableFuture<Long> awaitBeyond(TopicPartition id, long offset);

  /**
   * The smallest offset in {@code [from, end)} whose record has this timestamp or a later one. From
   * below {@code hotStart} it looks from {@code hotStart} on.
   */
  CompletableFuture<Optional<OffsetAndTimestamp>> offsetForTimestamp(
      TopicPartition id, long from, long timestampMillis);

  /**
   * The record with the largest timestamp in {@code [from, end)}, the first where several have it.
   * From below {@code hotStart} it looks from {@code hotStart} on.
   */
  CompletableFuture<Optional<OffsetAndTimestamp>> maxTimestamp(TopicPartition id, long from);

  /** What lies on local disk, in offset order, without overlaps, from oldest to {@code end}. */
  List<Span> spans(TopicPartition id);

  /**
   * Ends the span that is being written, so that it can be tiered and trimmed whole. Does nothing
   * when that one is empty.
   */
  CompletableFuture<Void> seal(TopicPartition id);

  /**
   * Lets go of local copies below {@code upTo}, by whole spans. For records that are to stay
   * readable the caller has verified that they are in the cold tier: this is not checked here.
   *
   * @return the hot start reached, durable: at most {@code max(upTo, hotStart)}
   */
  CompletableFuture<Long> trim(TopicPartition id, long upTo);

  /**
   * Moves the log start forward, durably, and lets go of spans that lie wholly below it.
   *
   * @param logStart at most {@code end}, else {@link ErrorKind#OUT_OF_RANGE}
   * @return the log start now; it never goes back, so it may be higher than asked
   */
  CompletableFuture<Long> advanceLogStart(TopicPartition id, long logStart);

  /**
   * How a partition's segments are cut from now on; kept in memory only, said again by the policies
   * at each start.
   */
  void segmentLimits(TopicPartition id, SegmentLimits limits);
}
