package io.thermocline.client.producer;

import io.thermocline.client.failure.BufferFullException;
import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.Calls;
import io.thermocline.client.wire.Connection;
import io.thermocline.client.wire.Stream;
import io.thermocline.client.wire.TopicPartitions;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.proto.v1.StreamServiceGrpc;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records, gathered into batches. Thread-safe; one is enough for a program.
 *
 * <p>Records of one partition are stored in the order they were sent, each of them once. A batch
 * the server refuses for a passing reason, and one whose answer was lost, is sent again, in order,
 * until {@link ProducerOptions#deliveryTimeout()}: the server knows a repeat, also after a restart,
 * and answers it with the place of the original.
 *
 * <p>What becomes of the others when a batch fails:
 *
 * <ul>
 *   <li>Refused for a lasting reason: those of its partition that were already on their way behind
 *       it fail too, with {@link ErrorKind#PRIOR_BATCH_REFUSED}, so that nothing is stored past a
 *       failure before the program knows of it. That holds for a batch that is {@link
 *       ErrorKind#INVALID}, for one that is {@link ErrorKind#FENCED}, and for a conflict of {@link
 *       #appendAt}.
 *   <li>Not known in time whether it is stored: so do those behind it of which that is not known
 *       either, with {@link OutcomeUnknownException}.
 *   <li>What was not on its way yet, and other partitions, go on. So does everything when a batch
 *       surely was not stored in time.
 * </ul>
 *
 * <p>Without {@linkplain ProducerOptions#idempotence() idempotence} a batch whose answer was lost
 * is never sent again: it fails with {@link OutcomeUnknownException}.
 */
public final class Producer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Producer.class);

  /** Keeps the connection busy while the sender's thread makes the next batch. */
  private static final int READY_BYTES = 2 << 20;

  private static final Duration DEFAULT_CLOSE = Duration.ofSeconds(30);
  private final ProducerOptions options;
  private final InstantSource clock;
  private final TopicPartitions topics;
  private final StickyPartitions sticky;
  private final BufferBudget budget;
  private final RecordSizes sizes;
  private final Accumulator accumulator;
  private final Sender sender;
  private final Thread thread;
  private volatile boolean stopping;

  /** Whether there is something for the thread since it last looked. */
  private volatile boolean woken;

  Producer(
      ProducerOptions options,
      TopicPartitions topics,
      Stream.Opener<ProduceRequest, ProduceResponse> opener,
      ProducerIdentity.Giver giver,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.options = options;
    this.clock = clock;
    this.topics = topics;
    this.sticky = new StickyPartitions(new SplittableRandom(nanoTime.getAsLong()));
    this.budget = new BufferBudget(options.bufferBytes(), this::wake);
    this.sizes = new RecordSizes(options.bufferBytes());
    this.thread = new Thread(this::run, "thermocline-producer");
    BatchMaker maker = new BatchMaker(options.compression());
    this.accumulator =
        new Accumulator(options, maker, nanoTime, sticky, this::wake, budget::isWaitedFor);
    this.sender =
        new Sender(options, accumulator, maker, budget, opener, giver, nanoTime, this::wake);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The inside of {@code ThermoclineClient.producer}, which is what programs call.
   *
   * @param connection of its own: closed with it
   */
  public static Producer open(
      ProducerOptions options, Connection connection, Calls calls, TopicPartitions topics) {
    return new Producer(
        options,
        topics,
        connection.streams(StreamServiceGrpc.getProduceMethod(), READY_BYTES),
        new GrpcIdentities(calls),
        InstantSource.system(),
        System::nanoTime);
  }

  /**
   * Sends a record. Waits while the buffer is full, and when the topic is new to this producer;
   * else it returns at once, or, when the record fills its batch, once that is compressed.
   *
   * @return completes once the record is durable, or fails with {@link NotAppliedException} or
   *     {@link OutcomeUnknownException}. It completes on the producer's own thread: what is chained
   *     to it must not block.
   * @throws BufferFullException when the buffer stayed full for {@link ProducerOptions#maxBlock()};
   *     the producer's own thread does not wait
   * @throws NotAppliedException when the record can never be stored, or the topic's partitions
   *     could not be learned
   * @throws IllegalStateException once closed
   */
  public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
    long timestamp = record.timestampMillis().orElseGet(clock::millis);
    int reserved = sizes.of(record, timestamp);
    PartitionName partition = partitionOf(record);
    reserve(reserved);
    boolean added = false;
    try {
      CompletableFuture<RecordMetadata> future =
          accumulator.add(partition, timestamp, record, reserved);
      added = true;
      return future;
    } finally {
      if (!added) {
        budget.giveBack(reserved);
      }
    }
  }

  /**
   * Sends records as one batch, behind all that was sent before, to be stored at {@code
   * expectedOffset} or not at all: compare and append. A state machine that replays a partition and
   * knows its end so writes what it decided only if nobody wrote in between. A batch whose answer
   * was lost is sent again and told from one of somebody else.
   *
   * <p>Does not gather: wait for the result, or demand the offset one past the batch before. After
   * a conflict, what of the partition was already on its way behind it fails.
   *
   * @param partition where to, whatever the records' keys
   * @param expectedOffset what the first record's offset has to be, as {@link
   *     io.thermocline.client.admin.OffsetLookup.Named#LATEST} or an {@link AppendResult} tells it
   * @param records one or more of the partition's topic, together at most 32 MiB and the producer's
   *     buffer
   * @return where they are, durably, or the conflict; fails as {@link #send}'s does for all else
   */
  public CompletableFuture<AppendResult> appendAt(
      PartitionName partition, long expectedOffset, List<ProducerRecord> records) {
    if (expectedOffset < 0) {
      throw new IllegalArgumentException("Not an offset: " + expectedOffset);
    }
    AppendConditions conditions = AppendConditions.NONE.expecting(expectedOffset);
    long now = clock.millis();
    int reserved = sizes.of(partition, records, now);
    reserve(reserved);
    boolean added = false;
    try {
      CompletableFuture<RecordMetadata> first =
          accumulator.addBatch(partition, now, records, reserved, conditions);
      added = true;
      return result(first, records.size());
    } finally {
      if (!added) {
        budget.giveBack(reserved);
      }
    }
  }

  /**
   * Says what this program holds of a partition's fence: all that is sent to it from here on
   * carries the token, and is refused as {@link ErrorKind#FENCED} once the fence is higher. What
   * was sent before keeps the token it had, however often it has to be sent.
   *
   * @param token positive; see {@link io.thermocline.client.admin.Admin#raiseFence}
   */
  public void holdToken(PartitionName partition, long token) {
    if (token <= 0) {
      throw new IllegalArgumentException("Not a token: " + token);
    }
    accumulator.hold(partition, token);
  }

  /**
   * Sends what was gathered without waiting for more, and waits until every record sent before has
   * its answer, which {@link ProducerOptions#deliveryTimeout()} bounds. Failures are told by the
   * records' own futures.
   *
   * @throws IllegalStateException on the producer's own thread, which gives the answers
   */
  public void flush() throws InterruptedException {
    if (isOnItsThread()) {
      throw new IllegalStateException(
          "What is chained to a record's answer can't flush: it would wait for itself");
    }
    try {
      accumulator.flush().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Waiting for answers can't fail", e);
    }
  }

  /** Closes with 30 seconds for what is still on its way. */
  @Override
  public void close() {
    close(DEFAULT_CLOSE);
  }

  /**
   * Refuses further records, waits up to {@code deadline} for the answers to those sent before, and
   * fails the rest: by {@link NotAppliedException} what never left, by {@link
   * OutcomeUnknownException} what did. Closing again does nothing. On the producer's own thread it
   * waits for nothing, and the rest fails once that is done with what it does now.
   */
  public void close(Duration deadline) {
    accumulator.shut();
    if (isOnItsThread()) {
      stopping = true;
      wake();
      return;
    }
    boolean interrupted = false;
    try {
      accumulator.flush().get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      log.warn("Closing a producer with records unanswered after {}", deadline);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Waiting for answers can't fail", e);
    }
    stopping = true;
    wake();
    try {
      thread.join(DEFAULT_CLOSE.toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOnItsThread() {
    return Thread.currentThread() == thread;
  }

  private void run() {
    try {
      while (!stopping) {
        woken = false;
        long wait = sender.step();
        // Not by the permit of the unpark alone: any lock waited for in the step uses that up.
        if (wait > 0 && !woken) {
          LockSupport.parkNanos(this, wait);
        }
      }
      sender.stop(
          Failure.of(ErrorKind.TRANSIENT, "The producer was closed before the answer came"));
    } catch (RuntimeException | Error e) {
      // Nobody would answer the records any more: answer them now, then let the thread end.
      log.error("A producer's thread failed", e);
      accumulator.shut();
      sender.stop(Failure.of(ErrorKind.INTERNAL, "The producer failed: " + e));
      throw e;
    }
  }

  private void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }

  private PartitionName partitionOf(ProducerRecord record) {
    if (record.partition().isPresent()) {
      return new PartitionName(record.topic(), record.partition().getAsInt());
    }
    int count = partitions(record.topic());
    int partition =
        record.key() == null
            ? sticky.partition(record.topic(), count)
            : KeyPartitioner.partition(record.key(), count);
    return new PartitionName(record.topic(), partition);
  }

  private int partitions(String topic) {
    try {
      return topics.count(topic);
    } catch (ReadFailedException e) {
      throw Failure.of(e).notApplied();
    }
  }

  private void reserve(int bytes) {
    // What it would wait for is given back by the producer's own thread.
    Duration patience = isOnItsThread() ? Duration.ZERO : options.maxBlock();
    try {
      if (!budget.take(bytes, patience.toNanos())) {
        throw new BufferFullException(
            "The buffer of "
                + options.bufferBytes()
                + " bytes stayed full for "
                + patience
                + ": a record of "
                + bytes
                + " bytes was not taken");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(ErrorKind.TRANSIENT, "Interrupted while waiting for room in the buffer")
          .notApplied();
    }
  }

  private static CompletableFuture<AppendResult> result(
      CompletableFuture<RecordMetadata> first, int count) {
    CompletableFuture<AppendResult> result = new CompletableFuture<>();
    var unused =
        first.whenComplete(
            (metadata, failure) -> {
              if (failure == null) {
                result.complete(
                    new AppendResult.Appended(
                        metadata.offset(), metadata.offset() + count, metadata.appendTimeMillis()));
              } else if (failure instanceof NotAppliedException refused
                  && refused.kind() == ErrorKind.CONFLICT) {
                result.complete(new AppendResult.Conflict(Failure.of(refused).nextOffset()));
              } else {
                result.completeExceptionally(failure);
              }
            });
    return result;
  }
}
