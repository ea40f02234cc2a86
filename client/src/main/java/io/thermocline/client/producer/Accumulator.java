package io.thermocline.client.producer;

import io.thermocline.client.record.PartitionName;
import io.thermocline.client.record.RecordHeader;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.model.AppendConditions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Gathers records into batches, one open batch for each partition. Senders of records add, one
 * sender thread takes what is due.
 *
 * <p>One short lock guards everything: a record is a copy of its bytes and a few fields. The bytes
 * are bounded by the {@link BufferBudget} that callers took them from.
 */
final class Accumulator {
  private final BatchMaker maker;
  private final int batchBytes;
  private final long lingerNanos;
  private final LongSupplier nanoTime;
  private final StickyPartitions sticky;
  private final Runnable wakeSender;

  /** Whether anybody waits for room: then all that was gathered is due, to make some. */
  private final BooleanSupplier roomWanted;

  private final HeaderBuffer headerBuffer = new HeaderBuffer();

  /** Open batches in the order they were opened, which is the order they fall due. */
  private final Map<PartitionName, ProducerBatch> open = new LinkedHashMap<>();

  /**
   * Open batches that are due, whose partition has others to see to: closing them would only make
   * more and smaller ones. They take records until {@link #takeParked}.
   */
  private final Map<PartitionName, ProducerBatch> parked = new HashMap<>();

  /** The open batch a record was added to last, where most often the next goes too; or null. */
  private ProducerBatch latest;

  /** What the program holds of partitions' fences. */
  private final Map<PartitionName, Long> tokens = new HashMap<>();

  /** Closed batches the sender has not taken yet, in the order they were closed. */
  private final List<ProducerBatch> closed = new ArrayList<>();

  /** Every batch that has no answer yet: what a flush waits for. */
  private final Set<ProducerBatch> unanswered = new LinkedHashSet<>();

  private boolean shut;

  Accumulator(
      ProducerOptions options,
      BatchMaker maker,
      LongSupplier nanoTime,
      StickyPartitions sticky,
      Runnable wakeSender,
      BooleanSupplier roomWanted) {
    this.maker = maker;
    this.batchBytes = options.batchBytes();
    this.lingerNanos = options.linger().toNanos();
    this.nanoTime = nanoTime;
    this.sticky = sticky;
    this.wakeSender = wakeSender;
    this.roomWanted = roomWanted;
  }

  /**
   * Adds a record to its partition's open batch.
   *
   * @param reserved what the caller took of the buffer for it; held until its batch is answered
   * @throws IllegalStateException once shut
   */
  CompletableFuture<RecordMetadata> add(
      PartitionName partition, long timestampMillis, ProducerRecord record, int reserved) {
    boolean due = false;
    ProducerBatch full = null;
    try {
      synchronized (this) {
        if (shut) {
          throw new IllegalStateException("The producer is closed");
        }
        ProducerBatch batch = openBatch(partition);
        if (batch != null && batch.sizeInBytes() + reserved > batchBytes) {
          close(batch);
          full = batch;
          batch = null;
          due = true;
        }
        boolean isNew = batch == null;
        if (isNew) {
          batch = begin(partition, AppendConditions.NONE);
        }
        CompletableFuture<RecordMetadata> future =
            batch.add(timestampMillis, record.key(), record.value(), headers(record), reserved);
        if (isNew) {
          due |= lingerNanos == 0 || open.isEmpty() || roomWanted.getAsBoolean();
          unanswered.add(batch);
          open.put(partition, batch);
        }
        latest = batch;
        if (batch.sizeInBytes() >= batchBytes) {
          close(batch);
          full = batch;
          due = true;
        }
        return future;
      }
    } finally {
      if (full != null) {
        maker.makeAhead(full);
      }
      if (due) {
        wakeSender.run();
      }
    }
  }

  /**
   * Adds records as a batch of their own, behind all that was added before.
   *
   * @param reserved what the caller took of the buffer for all of them
   * @return the first record's answer
   * @throws IllegalStateException once shut
   */
  CompletableFuture<RecordMetadata> addBatch(
      PartitionName partition,
      long nowMillis,
      List<ProducerRecord> records,
      int reserved,
      AppendConditions conditions) {
    CompletableFuture<RecordMetadata> first = null;
    ProducerBatch batch;
    synchronized (this) {
      if (shut) {
        throw new IllegalStateException("The producer is closed");
      }
      closeOpen(partition);
      batch = begin(partition, conditions);
      for (ProducerRecord record : records) {
        CompletableFuture<RecordMetadata> answer =
            batch.add(
                record.timestampMillis().orElse(nowMillis),
                record.key(),
                record.value(),
                headers(record),
                first == null ? reserved : 0);
        first = first == null ? answer : first;
      }
      unanswered.add(batch);
      closed.add(batch);
    }
    maker.makeAhead(batch);
    wakeSender.run();
    return first;
  }

  /** What is added to the partition from here on holds this token. */
  synchronized void hold(PartitionName partition, long token) {
    closeOpen(partition);
    tokens.put(partition, token);
  }

  private ProducerBatch openBatch(PartitionName partition) {
    if (latest != null && latest.partition().equals(partition)) {
      return latest;
    }
    ProducerBatch batch = open.get(partition);
    return batch == null ? parked.get(partition) : batch;
  }

  private void closeOpen(PartitionName partition) {
    ProducerBatch before = openBatch(partition);
    if (before != null) {
      close(before);
    }
  }

  /**
   * Takes the batches that are full or old enough, which all are while somebody waits for room.
   * Those that are only old enough and whose partition gathers records stay open until {@link
   * #takeParked} asks for them.
   *
   * @param gathers whether records of a partition are better left to gather
   */
  synchronized List<ProducerBatch> take(Predicate<PartitionName> gathers) {
    long now = nanoTime.getAsLong();
    boolean all = roomWanted.getAsBoolean();
    while (!open.isEmpty() && (all || now - oldest().createdNanos() >= lingerNanos)) {
      ProducerBatch due = oldest();
      if (gathers.test(due.partition())) {
        open.remove(due.partition());
        parked.put(due.partition(), due);
      } else {
        close(due);
      }
    }
    return takeClosed();
  }

  /** Takes all batches. */
  synchronized List<ProducerBatch> takeAll() {
    closeAll();
    return takeClosed();
  }

  /** Takes all batches, and with them those that were taken before and have no answer. */
  synchronized List<ProducerBatch> takeUnanswered() {
    closeAll();
    closed.clear();
    return List.copyOf(unanswered);
  }

  /** Takes the batch that stayed open while its partition gathered records, if there is one. */
  synchronized Optional<ProducerBatch> takeParked(PartitionName partition) {
    ProducerBatch batch = parked.get(partition);
    if (batch == null) {
      return Optional.empty();
    }
    end(batch);
    return Optional.of(batch);
  }

  private List<ProducerBatch> takeClosed() {
    List<ProducerBatch> taken = List.copyOf(closed);
    closed.clear();
    return taken;
  }

  private void closeAll() {
    while (!open.isEmpty()) {
      close(oldest());
    }
    List.copyOf(parked.values()).forEach(this::close);
  }

  /** Nanoseconds until the next open batch falls due; the largest long when there is none. */
  synchronized long nanosUntilDue() {
    if (!closed.isEmpty() || (!open.isEmpty() && roomWanted.getAsBoolean())) {
      return 0;
    }
    return open.isEmpty()
        ? Long.MAX_VALUE
        : Math.max(0, oldest().createdNanos() + lingerNanos - nanoTime.getAsLong());
  }

  /** A batch was answered: nobody has to wait for it any more. */
  synchronized void forget(ProducerBatch batch) {
    unanswered.remove(batch);
  }

  /**
   * Makes all open batches due, and returns what completes when those and all before are answered.
   */
  CompletableFuture<Void> flush() {
    CompletableFuture<?>[] waiting;
    synchronized (this) {
      closeAll();
      waiting =
          unanswered.stream().map(ProducerBatch::answered).toArray(CompletableFuture<?>[]::new);
    }
    wakeSender.run();
    return CompletableFuture.allOf(waiting);
  }

  /** Refuses records from here on. */
  synchronized void shut() {
    shut = true;
  }

  private ProducerBatch oldest() {
    return open.values().iterator().next();
  }

  /** A batch that counts once it has a record: one that gets none is as if it never was. */
  private ProducerBatch begin(PartitionName partition, AppendConditions conditions) {
    Long token = tokens.get(partition);
    AppendConditions demands = token == null ? conditions : conditions.holding(token);
    return new ProducerBatch(partition, nanoTime.getAsLong(), maker.builder(), demands);
  }

  private void close(ProducerBatch batch) {
    end(batch);
    closed.add(batch);
  }

  /** The batch takes no more records. */
  private void end(ProducerBatch batch) {
    latest = null;
    open.remove(batch.partition());
    parked.remove(batch.partition());
    sticky.batchClosed(batch.partition());
  }

  private HeaderBuffer headers(ProducerRecord record) {
    headerBuffer.clear();
    for (RecordHeader header : record.headers()) {
      headerBuffer.add(header.name(), header.value());
    }
    return headerBuffer;
  }
}
