package io.thermocline.hot.producers;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The producers that one partition remembers, and their last batches. For one thread at a time: the
 * one that writes the log.
 *
 * <p>Whoever is not found here may have been forgotten. So only a producer that begins, with
 * sequence 0, is taken for a new one; of every other batch nobody knows whether it is a repeat.
 *
 * <p>So nobody may be forgotten early. A producer is silent by a time of the table's own, which the
 * system's clock can neither push on nor hold back by a jump: while the server runs it is that of a
 * steady clock. Of what was stored before, only the append times are left: each step from one batch
 * to the next counts, but never back, and for a minute at most. What is silent for longer than that
 * proves is remembered for longer.
 */
public final class ProducerTable {
  /** Repeats are told from so many batches of each producer. */
  public static final int WINDOW_BATCHES = 64;

  /** What is more may be a jump of the clock. */
  private static final long MAX_STEP_MILLIS = Duration.ofMinutes(1).toMillis();

  private final ProducerCensus census;

  /** Time that went by before this start, as far as that can be told. */
  private long recoveredMillis;

  /** The last batch that was recovered; -1 when none was. */
  private long recoveredOffset = -1;

  private long recoveredAppendMillis;

  /** The least recently used first. */
  private final LinkedHashMap<Long, Producer> producers = new LinkedHashMap<>(16, 0.75f, true);

  /** Nobody is remembered yet. */
  public ProducerTable(ProducerCensus census) {
    this.census = census;
  }

  /**
   * The stored batch that this one repeats.
   *
   * @param end one past its last offset
   */
  public record Original(Appended place, long end) {}

  /**
   * The batch that this one repeats; changes nothing.
   *
   * @return null when it is a new one, right or not
   * @throws ThermoclineException {@link ErrorKind#OUTCOME_UNKNOWN} when nobody knows whether it is
   *     one, {@link ErrorKind#INVALID} when another batch has its sequence
   */
  public Original original(ProducerSequence sequence, int lastOffsetDelta, int crc32c) {
    Producer producer = producers.get(sequence.producerId());
    if (producer != null) {
      return producer.original(sequence, lastOffsetDelta, crc32c);
    }
    if (sequence.baseSequence() > 0) {
      throw new ThermoclineException(
              ErrorKind.OUTCOME_UNKNOWN,
              "The producer of %s is not known here (any more): whether an earlier try of the batch is stored is not known, this one is not"
                  .formatted(sequence))
          .with(Map.of("producer", "forgotten"));
    }
    return null;
  }

  /**
   * Passes a batch that is no repeat and follows on the last; changes nothing.
   *
   * @throws ThermoclineException {@link ErrorKind#FENCED} for an older epoch, {@link
   *     ErrorKind#OUT_OF_SEQUENCE}, {@link ErrorKind#EXHAUSTED} when there are too many producers
   */
  public void check(ProducerSequence sequence) {
    Producer producer = producers.get(sequence.producerId());
    if (producer == null) {
      checkRoom();
      return;
    }
    if (sequence.epoch() < producer.epoch()) {
      throw new ThermoclineException(
              ErrorKind.FENCED,
              "%s is of an older epoch: the producer has %d".formatted(sequence, producer.epoch()))
          .with(Map.of("epoch", Short.toString(producer.epoch())));
    }
    int next = sequence.epoch() == producer.epoch() ? producer.next() : 0;
    if (sequence.baseSequence() != next) {
      throw new ThermoclineException(
              ErrorKind.OUT_OF_SEQUENCE,
              "%s does not follow on what is stored: the next sequence is %d"
                  .formatted(sequence, next))
          .with(Map.of("next_sequence", Integer.toString(next)));
    }
  }

  private void checkRoom() {
    if (isFull() && !canMakeRoom()) {
      ProducerLimits limits = census.limits();
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "Too many producers: %d in this partition, %d in all, and at most %d and %d are remembered. Reuse producers, or wait until some were silent for %s"
              .formatted(
                  producers.size(),
                  census.count(),
                  limits.perPartition(),
                  limits.inAll(),
                  limits.makeRoom()));
    }
  }

  private boolean isFull() {
    return producers.size() >= census.limits().perPartition() || census.isFull();
  }

  private boolean canMakeRoom() {
    Iterator<Producer> eldest = producers.values().iterator();
    return eldest.hasNext()
        && nowMillis() - eldest.next().heardMillis() >= census.limits().makeRoom().toMillis();
  }

  private long nowMillis() {
    return recoveredMillis + census.runningMillis();
  }

  /**
   * Notes a batch that was stored before this start, after those noted so far. Who would be one too
   * many was forgotten then, and had made room.
   */
  public void recovered(ProducerBatch batch) {
    if (batch.baseOffset() > recoveredOffset) {
      if (recoveredOffset >= 0) {
        long step = batch.appendTimeMillis() - recoveredAppendMillis;
        recoveredMillis += Math.max(0, Math.min(step, MAX_STEP_MILLIS));
      }
      recoveredOffset = batch.baseOffset();
      recoveredAppendMillis = batch.appendTimeMillis();
    }
    boolean isNew = !producers.containsKey(batch.producerId());
    if (isNew && producers.size() == ProducerLimits.MAX_PER_PARTITION) {
      forgetEldest();
    }
    stored(batch);
  }

  /** Notes a batch that was stored now. */
  public void stored(ProducerBatch batch) {
    Producer producer = producers.get(batch.producerId());
    if (producer == null) {
      while (isFull() && canMakeRoom()) {
        forgetEldest();
      }
      producer = new Producer(batch.producerId());
      producers.put(batch.producerId(), producer);
      census.add(1);
    }
    producer.add(batch, nowMillis());
  }

  private void forgetEldest() {
    Iterator<Producer> eldest = producers.values().iterator();
    eldest.next();
    eldest.remove();
    census.add(-1);
  }

  /**
   * Forgets producers that have been silent for long; for less while there are too many in all, or
   * a partition that remembers nobody could take no one.
   */
  public void forgetSilent() {
    int before = producers.size();
    long now = nowMillis();
    long forget = census.limits().forget().toMillis();
    producers.values().removeIf(producer -> now - producer.heardMillis() >= forget);
    census.add(producers.size() - before);
    while (census.isFull() && canMakeRoom()) {
      forgetEldest();
    }
  }

  /** Forgets all. */
  public void forgetAll() {
    census.add(-producers.size());
    producers.clear();
    recoveredOffset = -1;
  }

  /** How many producers are remembered. */
  public int size() {
    return producers.size();
  }

  /**
   * The remembered batches with offsets from {@code from} on: each producer's in offset order, the
   * least recently used producer first.
   */
  public List<ProducerBatch> since(long from) {
    List<ProducerBatch> batches = new ArrayList<>();
    for (Producer producer : producers.values()) {
      producer.since(from, batches::add);
    }
    return batches;
  }
}
