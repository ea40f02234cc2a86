package io.thermocline.client.consumer;

import io.thermocline.client.consumer.FetchSession.Taken;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.DataLostException;
import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.Connection;
import io.thermocline.client.wire.GrpcFailures;
import io.thermocline.client.wire.TopicPartitions;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.proto.v1.StreamServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Reads partitions from where you say, out of either tier, in offset order for each partition.
 *
 * <p>Iterate over it, hand it a callback with {@link #forEach}, or {@link #poll} it. Without {@link
 * ConsumerOptions#follow()} the iteration ends where the partitions ended when they were assigned.
 * Over a lost connection it goes on at the next offset, with no gap and no repeat.
 *
 * <p>For one thread, except {@link #wakeUp} and {@link #close}.
 */
public final class Consumer implements Iterable<ConsumerRecord>, AutoCloseable {
  private static final Duration FOREVER = Duration.ofDays(3650);

  /** After which it is looked whether topics have grown, though nothing came. */
  private static final long LONGEST_WAIT_NANOS = Duration.ofMinutes(1).toNanos();

  private final ConsumerOptions options;
  private final FetchSession session;
  private final ConsumerGroup group;
  private final TopicPartitions topics;
  private final GrownTopics subscribed;
  private final LongSupplier nanoTime;
  private final BatchDecoder decoder = new BatchDecoder();

  private Reading reading;

  /** Records decoded and not handed out yet, and the next one's index. */
  private List<ConsumerRecord> records = List.of();

  private int nextRecord;

  Consumer(
      ConsumerOptions options,
      FetchSession session,
      ConsumerGroup group,
      TopicPartitions topics,
      LongSupplier nanoTime) {
    this.options = options;
    this.session = session;
    this.group = group;
    this.topics = topics;
    this.subscribed = new GrownTopics(topics);
    this.nanoTime = nanoTime;
  }

  /**
   * The inside of {@code ThermoclineClient.consumer}, which is what programs call.
   *
   * @param connection of its own: closed with it
   * @param places asks for all the places a group has
   * @param keep keeps some for it, durably
   */
  public static Consumer open(
      ConsumerOptions options,
      Connection connection,
      TopicPartitions topics,
      Function<String, Map<PartitionName, Long>> places,
      BiConsumer<String, Map<PartitionName, Long>> keep) {
    return new Consumer(
        options,
        new FetchSession(
            options, connection.streams(StreamServiceGrpc.getFetchMethod()), System::nanoTime),
        new ConsumerGroup(options.group(), places, keep),
        topics,
        System::nanoTime);
  }

  /**
   * Reads all partitions of a topic; when following, also those it grows later, from their start,
   * until it is deleted or none of its partitions is assigned any more.
   *
   * @throws ReadFailedException when there is no such topic, or it could not be asked for
   */
  public void subscribe(String topic, Start start) {
    int count = topics.count(topic);
    add(
        IntStream.range(0, count).mapToObj(number -> new PartitionName(topic, number)).toList(),
        start,
        OptionalLong.empty());
    subscribed.add(topic, count);
  }

  /** Reads one partition, beside those already assigned. */
  public void assign(PartitionName partition, Start start) {
    add(List.of(partition), start, OptionalLong.empty());
  }

  /** Reads one partition up to {@code endOffset}, exclusive. */
  public void assign(PartitionName partition, Start start, long endOffset) {
    add(List.of(partition), start, OptionalLong.of(endOffset));
  }

  /** Stops reading a partition. */
  public void unassign(PartitionName partition) {
    discard(partition);
    session.remove(partition);
    if (assignment().stream().noneMatch(other -> other.topic().equals(partition.topic()))) {
      subscribed.remove(partition.topic());
    }
  }

  /** The partitions it reads. */
  public List<PartitionName> assignment() {
    return session.partitions();
  }

  /**
   * Goes elsewhere in a partition; the next record handed out is from there. When it fails, it
   * stays where it was.
   */
  public void seek(PartitionName partition, Start where) {
    Start resolved = group.resolve(List.of(partition), where).get(partition);
    discard(partition);
    session.seek(partition, resolved);
  }

  /** Hands out no records of a partition until {@link #resume}; its place is kept. */
  public void pause(PartitionName partition) {
    if (reading != null && reading.partition().equals(partition)) {
      discard(partition);
      session.rewind(partition);
    }
    session.pause(partition, true);
  }

  /** Ends a {@link #pause}. */
  public void resume(PartitionName partition) {
    session.pause(partition, false);
  }

  /** How far it is in a partition. */
  public PartitionProgress progress(PartitionName partition) {
    return session.progress(partition);
  }

  /** Whether every partition has reached its end, or stands still after an error. */
  public boolean isDone() {
    return reading == null && session.isDone();
  }

  /**
   * Waits for records.
   *
   * @return about a megabyte of one partition's records, in order; empty when the time is over,
   *     after {@link #wakeUp}, or when it {@link #isDone}
   * @throws ReadFailedException when a partition can't go on: it stands still until it is sought or
   *     unassigned, others go on with the next poll
   * @throws DataLostException when stored records are damaged, unless {@link
   *     ConsumerOptions#lostRanges()} takes it
   */
  public List<ConsumerRecord> poll(Duration timeout) {
    if (!fill(timeout)) {
      return List.of();
    }
    List<ConsumerRecord> rest = records.subList(nextRecord, records.size());
    nextRecord = records.size();
    handedOut();
    return rest;
  }

  /** As {@link #poll}, in batches as they came and without a copy of each record. */
  public List<ConsumerBatch> pollBatches(Duration timeout) {
    if (nextRecord < records.size()) {
      throw new IllegalStateException(
          "Records of an iteration are not handed out yet: poll them first");
    }
    if (!read(timeout)) {
      return List.of();
    }
    List<ConsumerBatch> batches = batches();
    handedOut();
    return batches;
  }

  /**
   * Iterates over records, waiting for them; ends when it {@link #isDone}, or after {@link
   * #wakeUp}. {@code hasNext} throws what {@link #poll} throws.
   */
  @Override
  public Iterator<ConsumerRecord> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return fill(FOREVER);
      }

      @Override
      public ConsumerRecord next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ConsumerRecord record = records.get(nextRecord++);
        if (nextRecord == records.size()) {
          handedOut();
        } else {
          session.handedOut(reading.subscription(), record.offset() + 1);
        }
        return record;
      }
    };
  }

  /**
   * Keeps the group's place: after the last record handed out, in each partition. Durable once it
   * returns.
   *
   * @throws ClientException as for any write
   */
  public void commit() {
    group.commit(session.positions());
  }

  /** Makes a waiting poll or iteration, or else the next one, end at once. For any thread. */
  public void wakeUp() {
    session.wakeUp();
  }

  /** Stops reading. Nothing is committed by it. For any thread. */
  @Override
  public void close() {
    session.close();
  }

  private void add(List<PartitionName> partitions, Start start, OptionalLong end) {
    session.add(partitions, group.resolve(partitions, start), end);
  }

  /** Forgets what was read of a partition and not handed out. */
  private void discard(PartitionName partition) {
    if (reading != null && reading.partition().equals(partition)) {
      reading = null;
      records = List.of();
      nextRecord = 0;
    }
  }

  /** When a wait ends; one of any length is taken. */
  private long deadline(Duration timeout) {
    Duration wait = timeout.compareTo(FOREVER) < 0 ? timeout : FOREVER;
    return nanoTime.getAsLong() + wait.toNanos();
  }

  /** Waits until there are decoded records. */
  private boolean fill(Duration timeout) {
    long deadline = deadline(timeout);
    while (nextRecord == records.size()) {
      if (!read(Duration.ofNanos(Math.max(0, deadline - nanoTime.getAsLong())))) {
        return false;
      }
      records = decode(batches());
      nextRecord = 0;
      if (records.isEmpty()) {
        handedOut();
      }
    }
    return true;
  }

  /** Waits until there is a response with batches to go through. */
  private boolean read(Duration timeout) {
    long deadline = deadline(timeout);
    while (reading == null || reading.isOver()) {
      if (reading != null) {
        handedOut();
      }
      if (!begin(deadline)) {
        return false;
      }
      tellLost();
    }
    return true;
  }

  /** Waits for a response with anything to hand out or to tell. */
  private boolean begin(long deadline) {
    while (reading == null) {
      growSubscriptions();
      long left = Math.max(0, deadline - nanoTime.getAsLong());
      Taken taken = take(Math.min(left, LONGEST_WAIT_NANOS));
      if (taken == null) {
        if (left <= LONGEST_WAIT_NANOS || session.endedEarly()) {
          return false;
        }
      } else if (taken.response().hasError()) {
        handleError(taken);
      } else if (taken.response().getBatchesCount() == 0 && taken.response().getLostCount() == 0) {
        session.finish(taken, taken.response().getNextOffset());
      } else {
        reading = new Reading(taken);
      }
    }
    return true;
  }

  private Taken take(long nanos) {
    try {
      return session.next(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(ErrorKind.TRANSIENT, "Interrupted while waiting for records").read();
    }
  }

  /** Whoever is told may seek or give up the partition: then nothing is being read. */
  private void tellLost() {
    List<OffsetRange> lost = reading.lost();
    if (!lost.isEmpty()) {
      options.lostRanges().lost(reading.partition(), lost);
    }
  }

  private void handleError(Taken taken) {
    Failure failure = GrpcFailures.of(taken.response().getError());
    long failing = session.failingNanos(taken.subscription());
    if (failure.retriable() && failing < options.retryTimeout().toNanos()) {
      session.fail(taken, failure.retryAfter());
      return;
    }
    session.halt(taken);
    throw failure
        .withMessage("Can't read " + taken.subscription().name() + ": " + failure.message())
        .read();
  }

  /** The next batches of what is being read. */
  private List<ConsumerBatch> batches() {
    try {
      return reading.batches(decoder);
    } catch (ReadFailedException e) {
      throw unusable(e);
    }
  }

  private List<ConsumerRecord> decode(List<ConsumerBatch> batches) {
    List<ConsumerRecord> decoded = new ArrayList<>();
    try {
      for (ConsumerBatch batch : batches) {
        batch.forEachRecord(
            cursor -> decoded.add(BatchDecoder.record(cursor, batch.partition(), batch.tier())));
      }
      return decoded;
    } catch (ReadFailedException e) {
      throw unusable(e);
    }
  }

  /** What came damaged is asked for again by the next poll. */
  private ReadFailedException unusable(ReadFailedException problem) {
    session.fail(reading.taken(), null);
    discard(reading.partition());
    return problem;
  }

  /**
   * What was read so far is the caller's: moves the place, and takes the next response after it.
   */
  private void handedOut() {
    if (reading.isOver()) {
      session.finish(reading.taken(), reading.next());
      reading = null;
    } else {
      session.handedOut(reading.subscription(), reading.next());
    }
  }

  private void growSubscriptions() {
    List<PartitionName> grown = options.follow() ? subscribed.grown() : List.of();
    if (!grown.isEmpty()) {
      List<PartitionName> before = assignment();
      List<PartitionName> missing =
          grown.stream().filter(partition -> !before.contains(partition)).toList();
      add(missing, Start.earliest(), OptionalLong.empty());
    }
  }
}
