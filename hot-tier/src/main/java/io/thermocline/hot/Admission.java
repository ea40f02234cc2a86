package io.thermocline.hot;

import io.thermocline.hot.disk.DiskReserve;
import io.thermocline.hot.producers.ProducerTable;
import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * Judges whether a batch may be written, right before it would get its offset: that is the
 * partition's write order. What is on its way to the disk counts like what is there. For one thread
 * at a time, the one that writes.
 */
final class Admission {
  private final TopicPartition id;
  private final ProducerTable producers;
  private final DiskReserve reserve;

  /** Durable. Moved by the thread that writes. */
  private volatile long fence;

  /** The batch that is being written; it stays here when that fails. */
  private PendingBatch begun;

  /**
   * @param reserve has to have room for a new batch with a sequence; of others the caller looked
   */
  Admission(TopicPartition id, ProducerTable producers, DiskReserve reserve, long fence) {
    this.id = id;
    this.producers = producers;
    this.reserve = reserve;
    this.fence = fence;
  }

  /** From any thread. */
  long fence() {
    return fence;
  }

  /**
   * Judges a batch; changes nothing.
   *
   * @param nextOffset what it would get
   * @return null when it is to be written
   */
  Answer judge(PendingBatch batch, long nextOffset) {
    AppendConditions conditions = batch.conditions();
    if (conditions.equals(AppendConditions.NONE) && fence == 0) {
      return null;
    }
    try {
      Answer repeat = repeat(batch);
      if (repeat != null) {
        return repeat;
      }
      if (conditions.sequence().isPresent()) {
        reserve.check();
      }
      checkFence(conditions.fenceToken());
      if (conditions.sequence().isPresent()) {
        producers.check(conditions.sequence().get());
      }
      return checkOffset(conditions.expectedOffset(), nextOffset);
    } catch (ThermoclineException refused) {
      return new Answer.Refused(refused, 0);
    }
  }

  /**
   * The batch that this one repeats.
   *
   * @return null when it repeats none
   */
  Answer.Repeat repeat(PendingBatch batch) {
    if (batch.conditions().sequence().isEmpty()) {
      return null;
    }
    ProducerSequence sequence = batch.conditions().sequence().get();
    if (begun != null && begun.conditions().sequence().equals(batch.conditions().sequence())) {
      throw new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN, "Writing the batch with %s failed".formatted(sequence));
    }
    ProducerTable.Original original =
        producers.original(sequence, batch.content().lastOffsetDelta(), batch.content().crc32c());
    return original == null ? null : new Answer.Repeat(original.place(), original.end());
  }

  private void checkFence(OptionalLong token) {
    if (token.orElse(0) < fence) {
      throw new ThermoclineException(
              ErrorKind.FENCED,
              "Partition %s has fence %d and the writer holds %s: another one took over"
                  .formatted(id, fence, token.isPresent() ? "token " + token.getAsLong() : "none"))
          .with(Map.of("fence", Long.toString(fence)));
    }
  }

  /** A refusal names the next offset: it is told when that is durable. */
  private Answer checkOffset(OptionalLong expected, long nextOffset) {
    if (expected.isEmpty() || expected.getAsLong() == nextOffset) {
      return null;
    }
    return new Answer.Refused(
        new ThermoclineException(
                ErrorKind.CONFLICT,
                "The batch was to get offset %d, the next one of %s is %d"
                    .formatted(expected.getAsLong(), id, nextOffset))
            .with(Map.of("next_offset", Long.toString(nextOffset))),
        nextOffset);
  }

  /** Something of a batch may be in the file from now on. */
  void begun(PendingBatch batch) {
    begun = batch;
  }

  /** Notes the batch that was begun. */
  void written(BatchHeader header) {
    begun = null;
    if (header.isSequenced()) {
      producers.stored(header.producerBatch());
    }
  }

  /**
   * Raises the fence.
   *
   * @param store makes the token durable
   */
  long raiseFence(long expected, long token, LongConsumer store) {
    if (expected != fence) {
      throw new ThermoclineException(
              ErrorKind.CONFLICT, "The fence of %s is %d, not %d".formatted(id, fence, expected))
          .with(Map.of("fence", Long.toString(fence)));
    }
    store.accept(token);
    fence = token;
    return token;
  }

  /** Refuses a token that does not raise a fence. */
  static void checkRaise(long expected, long token) {
    if (expected < 0 || token <= expected) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "A fence of %d can't be raised to %d: tokens are positive and only rise"
              .formatted(expected, token));
    }
  }
}
