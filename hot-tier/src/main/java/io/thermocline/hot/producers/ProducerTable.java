package io.thermocline.hot.producers;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ThermoclineException;
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
 */
public final class ProducerTable {
  /** Repeats are told from so many batches of each producer. */
  public static final int WINDOW_BATCHES = 64;

  private final ProducerCensus census;

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
  public void check(ProducerSequence sequence, long nowMillis) {
    Producer producer = producers.get(sequence.producerId());
    if (producer == null) {
      checkRoom(nowMillis);
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

  private void checkRoom(long nowMillis) {
    if (isFull() && !canMakeRoom(nowMillis)) {
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

  private boolean canMakeRoom(long nowMillis) {
    Iterator<Producer> eldest = producers.values().iterator();
    return eldest.hasNext()
        && nowMillis - eldest.next().lastTimeMillis() >= census.limits().makeRoom().toMillis();
  }

  /** Notes a batch that was stored. */
  public void stored(ProducerBatch batch) {
    Producer producer = producers.get(batch.producerId());
    if (producer == null) {
      while (isFull() && canMakeRoom(batch.appendTimeMillis())) {
        forgetEldest();
      }
      producer = new Producer(batch.producerId());
      producers.put(batch.producerId(), producer);
      census.add(1);
    }
    producer.add(batch);
  }

  private void forgetEldest() {
    Iterator<Producer> eldest = producers.values().iterator();
    eldest.next();
    eldest.remove();
    census.add(-1);
  }

  /** Forgets producers that have been silent for long. */
  public void forgetSilent(long nowMillis) {
    int before = producers.size();
    producers
        .values()
        .removeIf(
            producer ->
                nowMillis - producer.lastTimeMillis() >= census.limits().forget().toMillis());
    census.add(producers.size() - before);
  }

  /** Forgets all. */
  public void forgetAll() {
    census.add(-producers.size());
    producers.clear();
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
