package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** A running server, with what its own Java client can do to it. Thread-safe. */
public interface Broker extends AutoCloseable {
  /**
   * Makes a topic.
   *
   * @param forced whether records have to be on disk before they are acknowledged, where that is a
   *     choice
   */
  void createTopic(String topic, int partitions, boolean forced);

  /** Makes a topic whose records can move to the colder tier. */
  void createTieredTopic(String topic, int partitions);

  /**
   * Makes a topic with one partition whose records move to the colder tier all the time, and of
   * which no more than some GiB are kept in either.
   */
  void createRollingTopic(String topic);

  /** How many records of the first partition of such a topic are not in the colder tier yet. */
  long untiered(String topic);

  /**
   * Moves what can be moved of such a topic to the colder tier, and lets go of it locally.
   *
   * @return how many of the first records lie there alone, for each partition
   */
  List<Long> moveToCold(String topic) throws InterruptedException;

  /** Bytes that are stored of a topic, in the tier where they lie. */
  long bytesKept(String topic);

  /** Deletes a topic and its files. */
  void deleteTopic(String topic);

  /** A new producer. */
  RecordSender sender(SenderProfile profile, Compression compression);

  /** A new consumer of one partition, from its first record. */
  RecordReceiver fromStart(String topic, int partition);

  /** A new consumer of one partition, of what comes after its last record. */
  RecordReceiver fromEnd(String topic, int partition);

  /** A new consumer of one partition that goes from record to record. */
  RecordSeeker seeker(String topic, int partition);

  /** Processor time that the server took so far. */
  Duration cpuTime();

  /**
   * Requests that the server made so far to the store where its colder tier lies, for reading;
   * empty where nothing counts them.
   */
  OptionalLong storeReads();

  /** Ends the process as {@code kill -9} does, and waits until it is gone. */
  void kill() throws IOException;

  /** Stops the process as SIGTERM does, and waits until it is gone. */
  @Override
  void close() throws IOException;
}
