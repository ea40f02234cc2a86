package io.thermocline.hot.producers;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ThermoclineException;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One producer's last batches in one partition, as a ring of plain numbers that grows to the
 * window.
 *
 * <p>Invariant: the ring's batches are in offset order, and each follows on the one before it or
 * begins an epoch. {@code next} follows on the newest.
 */
final class Producer {
  private static final int FIRST_CAPACITY = 4;

  /** Sequences count modulo 2 to the 31: half of them lie behind any one, half ahead. */
  private static final int HALF = 1 << 30;

  private final long id;
  private long[] offsets = new long[FIRST_CAPACITY];
  private long[] times = new long[FIRST_CAPACITY];
  private int[] sequences = new int[FIRST_CAPACITY];
  private int[] deltas = new int[FIRST_CAPACITY];
  private int[] checksums = new int[FIRST_CAPACITY];
  private short[] epochs = new short[FIRST_CAPACITY];

  /** Where the oldest stands. */
  private int oldest;

  private int size;
  private short epoch;
  private int next;
  private long lastOffset = -1;
  private long heardMillis;

  Producer(long id) {
    this.id = id;
  }

  short epoch() {
    return epoch;
  }

  /** The sequence of the batch that would follow. */
  int next() {
    return next;
  }

  /** When its last batch was stored, by the table's time. */
  long heardMillis() {
    return heardMillis;
  }

  /** How far {@code to} lies ahead of {@code from}. */
  private static int ahead(int from, int to) {
    return (to - from) & Integer.MAX_VALUE;
  }

  /**
   * The place of the batch that this one repeats.
   *
   * @return null when it repeats none
   * @throws ThermoclineException {@link ErrorKind#INVALID} when another batch has this sequence,
   *     {@link ErrorKind#OUTCOME_UNKNOWN} when it lies before those that are remembered
   */
  ProducerTable.Original original(ProducerSequence sequence, int lastOffsetDelta, int crc32c) {
    if (sequence.epoch() == epoch && sequence.baseSequence() == next) {
      return null;
    }
    for (int i = size - 1; i >= 0; i--) {
      int at = at(i);
      if (epochs[at] == sequence.epoch()
          && ahead(sequences[at], sequence.baseSequence()) <= deltas[at]) {
        if (sequences[at] == sequence.baseSequence()
            && deltas[at] == lastOffsetDelta
            && checksums[at] == crc32c) {
          return new ProducerTable.Original(
              new Appended(offsets[at], times[at]), offsets[at] + deltas[at] + 1);
        }
        throw anotherBatch(sequence, lastOffsetDelta, at);
      }
    }
    if (mayBeForgotten(sequence)) {
      throw new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN,
          "%s lies before the last %d batches that repeats are told from: it may be stored or not"
              .formatted(sequence, size));
    }
    return null;
  }

  /** Whether a batch that is not in the ring may be one that was. */
  private boolean mayBeForgotten(ProducerSequence sequence) {
    if (sequence.epoch() == epoch) {
      return ahead(sequence.baseSequence(), next) <= HALF;
    }
    boolean hasAll = size < ProducerTable.WINDOW_BATCHES && sequences[oldest] == 0;
    if (hasAll || sequence.epoch() > epochs[oldest]) {
      return false;
    }
    return sequence.epoch() < epochs[oldest]
        || ahead(sequence.baseSequence(), sequences[oldest]) <= HALF;
  }

  private ThermoclineException anotherBatch(ProducerSequence sequence, int delta, int at) {
    return new ThermoclineException(
        ErrorKind.INVALID,
        "%s with %d offsets repeats nothing: the batch stored at offset %d has epoch %d, sequence %d, %d offsets, and other content or bounds. A repeat must be the same batch"
            .formatted(
                sequence, delta + 1, offsets[at], epochs[at], sequences[at], deltas[at] + 1));
  }

  /**
   * Takes in the batch that was stored next; of a log with damage, batches may be missing.
   *
   * @param nowMillis by the table's time
   */
  void add(ProducerBatch batch, long nowMillis) {
    if (batch.baseOffset() <= lastOffset) {
      return;
    }
    boolean follows =
        batch.epoch() == epoch ? batch.baseSequence() == next : batch.baseSequence() == 0;
    if (!follows) {
      size = 0;
      oldest = 0;
    }
    int at = room();
    offsets[at] = batch.baseOffset();
    times[at] = batch.appendTimeMillis();
    sequences[at] = batch.baseSequence();
    deltas[at] = batch.lastOffsetDelta();
    checksums[at] = batch.crc32c();
    epochs[at] = batch.epoch();
    epoch = batch.epoch();
    next = ahead(0, batch.baseSequence() + batch.lastOffsetDelta() + 1);
    lastOffset = batch.baseOffset();
    heardMillis = nowMillis;
  }

  /** A free place behind the newest. */
  private int room() {
    if (size == ProducerTable.WINDOW_BATCHES) {
      int at = oldest;
      oldest = (oldest + 1) % offsets.length;
      return at;
    }
    if (size == offsets.length) {
      grow();
    }
    return at(size++);
  }

  private int at(int index) {
    return (oldest + index) % offsets.length;
  }

  /** Until it has the window's size the ring does not turn: the oldest stands in front. */
  private void grow() {
    int capacity = Math.min(offsets.length * 4, ProducerTable.WINDOW_BATCHES);
    offsets = Arrays.copyOf(offsets, capacity);
    times = Arrays.copyOf(times, capacity);
    sequences = Arrays.copyOf(sequences, capacity);
    deltas = Arrays.copyOf(deltas, capacity);
    checksums = Arrays.copyOf(checksums, capacity);
    epochs = Arrays.copyOf(epochs, capacity);
  }

  /** Gives the remembered batches at or above {@code from}, in offset order. */
  void since(long from, Consumer<ProducerBatch> taker) {
    if (lastOffset < from) {
      return;
    }
    for (int i = 0; i < size; i++) {
      int at = at(i);
      if (offsets[at] >= from) {
        taker.accept(
            new ProducerBatch(
                id, epochs[at], sequences[at], deltas[at], checksums[at], offsets[at], times[at]));
      }
    }
  }
}
