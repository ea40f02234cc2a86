package io.thermocline.client.producer;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.codec.PayloadCompressor;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ProducerSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Records of one partition on their way: first open and growing (guarded by the accumulator's
 * lock), then closed and made (guarded by its own), then owned by the sender.
 */
final class ProducerBatch {
  private final PartitionName partition;
  private final long createdNanos;
  private final CompletableFuture<Void> answered = new CompletableFuture<>();
  private List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
  private BatchBuilder builder;
  private BatchContent content;
  private long reservedBytes;
  private final AppendConditions demands;

  // How its lane knows it.
  private long number;
  private ProducerSequence sequence;
  private boolean sent;
  private boolean maybeStored;
  private int unknownAnswers;

  /**
   * @param demands what has to hold for it to be stored; no sequence, which its lane gives
   */
  ProducerBatch(
      PartitionName partition, long createdNanos, BatchBuilder builder, AppendConditions demands) {
    this.partition = partition;
    this.createdNanos = createdNanos;
    this.builder = builder;
    this.demands = demands;
  }

  PartitionName partition() {
    return partition;
  }

  /** When its first record came. */
  long createdNanos() {
    return createdNanos;
  }

  /** Completes when every record has its answer, good or bad. */
  CompletableFuture<Void> answered() {
    return answered;
  }

  /** What it holds of the buffer. */
  long reservedBytes() {
    return reservedBytes;
  }

  int sizeInBytes() {
    return builder.sizeInBytes();
  }

  int count() {
    return futures.size();
  }

  /** Adds a record; when that fails, also for want of memory, the batch is as before. */
  CompletableFuture<RecordMetadata> add(
      long timestampMillis, byte[] key, byte[] value, HeaderBuffer headers, long reserved) {
    CompletableFuture<RecordMetadata> future = new CompletableFuture<>();
    futures.add(future);
    boolean added = false;
    try {
      builder.add(timestampMillis, key, value, headers);
      added = true;
    } finally {
      if (!added) {
        futures.remove(futures.size() - 1);
      }
    }
    reservedBytes += reserved;
    return future;
  }

  /** Whether its wire bytes are made. */
  boolean isMade() {
    return builder == null;
  }

  /** Makes the wire bytes, once, of a batch that nothing is added to. Gives the builder back. */
  BatchBuilder make(PayloadCompressor compressor) {
    BatchBuilder used = builder;
    content = used.build(compressor);
    builder = null;
    return used;
  }

  /** What is sent; only once it is made. */
  BatchContent content() {
    return content;
  }

  /** The offset its first record has to get. */
  OptionalLong expectedOffset() {
    return demands.expectedOffset();
  }

  /** What its writer holds of the partition's fence. */
  OptionalLong fenceToken() {
    return demands.fenceToken();
  }

  /** Its place among all batches of its lane. */
  long number() {
    return number;
  }

  void setNumber(long place) {
    number = place;
  }

  /** Its place in the producer's epoch; null until it was sent in that epoch. */
  ProducerSequence sequence() {
    return sequence;
  }

  void setSequence(ProducerSequence place) {
    sequence = place;
  }

  /** Whether it was sent, whatever became of that. */
  boolean wasSent() {
    return sent;
  }

  /** A copy of it is on its way from here on. */
  void setSent() {
    sent = true;
  }

  /** Whether a copy of it was sent of which nobody knows what became. */
  boolean maybeStored() {
    return maybeStored;
  }

  /** A copy of it was sent, and nothing was heard of it. */
  void sentIntoTheDark() {
    maybeStored = true;
  }

  /** Counts an answer that its outcome is unknown, and says how many those are. */
  int countUnknownAnswer() {
    return ++unknownAnswers;
  }

  /** It surely is not stored, and begins anew as if it had never been sent. */
  void forgetSending() {
    sequence = null;
    sent = false;
    maybeStored = false;
    unknownAnswers = 0;
  }

  void succeed(long baseOffset, long appendTimeMillis) {
    List<CompletableFuture<RecordMetadata>> waiting = release();
    for (int i = 0; i < waiting.size(); i++) {
      RecordMetadata metadata =
          new RecordMetadata(
              partition.topic(), partition.partition(), baseOffset + i, appendTimeMillis);
      waiting.get(i).complete(metadata);
    }
    answered.complete(null);
  }

  void fail(ClientException problem) {
    for (CompletableFuture<RecordMetadata> future : release()) {
      future.completeExceptionally(problem);
    }
    answered.complete(null);
  }

  private List<CompletableFuture<RecordMetadata>> release() {
    List<CompletableFuture<RecordMetadata>> waiting = futures;
    futures = List.of();
    content = null;
    return waiting;
  }
}
