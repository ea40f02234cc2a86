package io.thermocline.client;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Records of one partition on their way: first open and growing (guarded by the accumulator's
 * lock), then closed and owned by the sender.
 */
final class ProducerBatch {
  private final PartitionName partition;
  private final long createdNanos;
  private final CompletableFuture<Void> answered = new CompletableFuture<>();
  private List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
  private BatchBuilder builder;
  private BatchContent content;
  private long reservedBytes;

  ProducerBatch(PartitionName partition, long createdNanos, BatchBuilder builder) {
    this.partition = partition;
    this.createdNanos = createdNanos;
    this.builder = builder;
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

  CompletableFuture<RecordMetadata> add(
      long timestampMillis, byte[] key, byte[] value, HeaderBuffer headers, long reserved) {
    builder.add(timestampMillis, key, value, headers);
    CompletableFuture<RecordMetadata> future = new CompletableFuture<>();
    futures.add(future);
    reservedBytes += reserved;
    return future;
  }

  /** Makes the wire bytes; from here on nothing is added. Gives the builder back. */
  BatchBuilder build(Compression compression) {
    BatchBuilder used = builder;
    content = used.build(compression);
    builder = null;
    return used;
  }

  /** What is sent; only after {@link #build}. */
  BatchContent content() {
    return content;
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
