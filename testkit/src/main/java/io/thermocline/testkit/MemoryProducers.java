package io.thermocline.testkit;

import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ThermoclineException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The producers of one {@link MemoryLog}, which guards it. It forgets none by itself. */
final class MemoryProducers {
  static final int WINDOW_BATCHES = 64;

  /** Half of all sequences lie behind the next one, half ahead. */
  private static final int HALF = 1 << 30;

  private final Map<Long, Producer> producers = new HashMap<>();

  private record Sent(ProducerSequence sequence, int lastOffsetDelta, int crc32c, Appended place) {
    boolean isOf(BatchContent content) {
      return lastOffsetDelta == content.lastOffsetDelta() && crc32c == content.crc32c();
    }

    /** Whether a record of this batch has that number. */
    boolean covers(ProducerSequence other) {
      return sequence.epoch() == other.epoch()
          && ahead(sequence.baseSequence(), other.baseSequence()) <= lastOffsetDelta;
    }
  }

  private static final class Producer {
    private final Deque<Sent> window = new ArrayDeque<>();
    private boolean forgot;
    private short epoch;
    private int next;

    Producer(short epoch, int next) {
      this.epoch = epoch;
      this.next = next;
    }
  }

  /** How far {@code to} lies ahead of {@code from}, with the wrap. */
  private static int ahead(int from, int to) {
    return (to - from) & Integer.MAX_VALUE;
  }

  /**
   * The place of the batch that this one repeats.
   *
   * @return empty when it is a new one, right or not
   */
  Optional<Appended> original(ProducerSequence sequence, BatchContent content) {
    Producer producer = producers.get(sequence.producerId());
    if (producer == null) {
      if (sequence.baseSequence() > 0) {
        throw unknown("The producer of %s is not known (any more)", sequence)
            .with(Map.of("producer", "forgotten"));
      }
      return Optional.empty();
    }
    for (Sent sent : producer.window) {
      if (sent.sequence().equals(sequence) && sent.isOf(content)) {
        return Optional.of(sent.place());
      }
      if (sent.covers(sequence)) {
        throw new ThermoclineException(
            ErrorKind.INVALID, "Another batch than this was stored with " + sent.sequence());
      }
    }
    if (mayBeForgotten(producer, sequence)) {
      throw unknown("%s lies before the batches that are remembered", sequence);
    }
    return Optional.empty();
  }

  private static boolean mayBeForgotten(Producer producer, ProducerSequence sequence) {
    if (sequence.epoch() == producer.epoch) {
      int behind = ahead(sequence.baseSequence(), producer.next);
      return behind > 0 && behind <= HALF;
    }
    if (!producer.forgot) {
      return false;
    }
    ProducerSequence oldest = producer.window.element().sequence();
    return sequence.epoch() == oldest.epoch()
        ? ahead(sequence.baseSequence(), oldest.baseSequence()) <= HALF
        : sequence.epoch() < oldest.epoch();
  }

  /** Refuses a batch that does not follow on the last. */
  void check(ProducerSequence sequence) {
    Producer producer = producers.get(sequence.producerId());
    if (producer != null && sequence.epoch() < producer.epoch) {
      throw new ThermoclineException(
          ErrorKind.FENCED, "%s: the epoch is %d".formatted(sequence, producer.epoch));
    }
    boolean goesOn = producer != null && sequence.epoch() == producer.epoch;
    int next = goesOn ? producer.next : 0;
    if (sequence.baseSequence() != next) {
      throw new ThermoclineException(
          ErrorKind.OUT_OF_SEQUENCE, "%s: %d is next".formatted(sequence, next));
    }
  }

  /** Notes a batch that passed both. */
  void took(ProducerSequence sequence, BatchContent content, Appended place) {
    Producer producer = reach(sequence);
    producer.next = sequence.nextSequence(content.lastOffsetDelta());
    producer.window.add(new Sent(sequence, content.lastOffsetDelta(), content.crc32c(), place));
    if (producer.window.size() > WINDOW_BATCHES) {
      producer.window.remove();
      producer.forgot = true;
    }
  }

  /** As if the producer had sent what comes before {@code next}, so long ago that it is unknown. */
  Producer reach(ProducerSequence next) {
    Producer producer =
        producers.computeIfAbsent(
            next.producerId(), id -> new Producer(next.epoch(), next.baseSequence()));
    producer.epoch = next.epoch();
    producer.next = next.baseSequence();
    return producer;
  }

  void forget() {
    producers.clear();
  }

  private static ThermoclineException unknown(String why, ProducerSequence sequence) {
    return new ThermoclineException(ErrorKind.OUTCOME_UNKNOWN, why.formatted(sequence));
  }
}
