package io.thermocline.model;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The history of every log: Parquet files in Iceberg tables, one table a topic.
 *
 * <p>Thread-safe. Methods block for I/O and are called from pools made for that; an interrupt is
 * never used to stop them. They throw {@link ThermoclineException}: {@link ErrorKind#TRANSIENT}
 * while the catalog or the store can't be reached, {@link ErrorKind#FAILED_PRECONDITION} when the
 * warehouse belongs to another cluster, {@link ErrorKind#CORRUPT} when stored bytes or the table
 * are damaged.
 */
public interface ColdTier extends AutoCloseable {

  /**
   * The topic's table as it stands; empty when it has none yet. A copy kept in memory serves when
   * it is known to be the newest of ours.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when the table under the topic's name
   *     has another topic's UUID
   */
  Optional<ColdTopic> topic(TopicId topic);

  /**
   * What the last successful look at the table saw, without I/O; empty when it was never looked at.
   */
  Optional<ColdTopic> lastKnown(TopicId topic);

  /**
   * The topic's table, read anew whoever owns the warehouse; empty when it has none. Changes
   * nothing.
   */
  default Optional<ColdTopic> fresh(TopicId topic) {
    return topic(topic);
  }

  /**
   * The topic's table, read anew by a process that made sure that it still owns the warehouse: what
   * other copies of the records may be deleted by.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when it does not own it
   */
  default Optional<ColdTopic> confirmed(TopicId topic) {
    return topic(topic);
  }

  /**
   * Whether a table exists under the name that a topic called {@code topicName} would use, made by
   * a topic other than {@code id}.
   */
  boolean tableTaken(TopicId id);

  /**
   * Reads records at or after {@code from}, out of Parquet, as wire batches.
   *
   * @param from first offset wanted
   * @param maxBytes soft limit on the batches' bytes; one record is given even if it is larger
   * @return the first batch begins at {@code from} or after it; {@link ReadResult.BeforeStart}
   *     below the table's log start; {@link ReadResult.AtEnd} at or past tiered-to, also without a
   *     table
   */
  ReadResult read(TopicPartition id, long from, int maxBytes);

  /**
   * Gives up batches that {@link #read} gave: their payloads are read by nobody any more, from now
   * on, and their memory may be used for others. Need not be said of each batch; may be said of it
   * once.
   */
  default void giveBack(List<RecordBatch> batches) {}

  /** The smallest offset in {@code range} whose record has this timestamp or a later one. */
  Optional<OffsetAndTimestamp> offsetForTimestamp(
      TopicPartition id, OffsetRange range, long timestampMillis);

  /**
   * The record with the largest timestamp of those in {@code range}, the first where several have
   * it.
   */
  Optional<OffsetAndTimestamp> maxTimestamp(TopicPartition id, OffsetRange range);

  /**
   * Writes records as one data file and uploads it. It is no part of the table until it is
   * committed; if that never happens it is an orphan that maintenance removes.
   *
   * @param range the file's offsets: records outside it are left out; offsets without a record are
   *     gaps
   * @param batches in offset order; read to its end, or to {@code range.to()}
   * @return empty when there was no record in the range
   */
  Optional<ColdFile> write(
      TopicPartition id,
      OffsetRange range,
      Iterator<RecordBatch> batches,
      ColdWriteSettings settings);

  /**
   * Writes the records of neighboring data files as one new file and uploads it, with the very same
   * offsets and contents: proven by its content checksum, read back from the new file, against
   * theirs. It is no part of the table, and they are, until a commit replaces them. What was
   * replaced stays in the store for as long as a reader may still be at it.
   *
   * @param files of the table as it was last seen, in offset order, one after the other
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when one of them is damaged: then no
   *     file was made
   */
  ColdFile merge(TopicPartition id, List<ColdFile> files, ColdWriteSettings settings);

  /**
   * Makes a change visible, creating the table if there is none. Returns only when the change is
   * proven to be in the table, read back from it.
   *
   * @return the table afterwards
   * @throws ThermoclineException {@link ErrorKind#CONFLICT} when a partition's tiered-to is not the
   *     move's {@code from}, a file to be replaced is not in the table, a file was uploaded too
   *     long ago, or a partition is degraded: nothing was changed by this call, look at the table
   *     again; {@link ErrorKind#OUTCOME_UNKNOWN} when it could not be found out whether the change
   *     is visible, or that the warehouse alone leads to it: call again with the very same commit,
   *     and delete nothing meanwhile
   */
  ColdTopic commit(TopicId topic, ColdCommit commit);

  /**
   * Takes note of a topic, so that it can be brought back from the warehouse alone. It is stored at
   * once when that can't wait, else with the next {@link #commit}: partition count, settings,
   * fences and log epochs can't; ends and log starts can, for some minutes.
   */
  void note(TopicNote note);

  /** Stores the policies in force, for the same purpose. */
  void notePolicies(String document);

  /**
   * Notes that the topic was deleted and its table stays: it is not to be brought back. Harmless
   * when nothing was noted of it.
   */
  void retire(TopicId topic);

  /**
   * Deletes the topic's table and all its files, also those that its metadata does not name any
   * more. Harmless when there is none; nothing may be written for the topic meanwhile. Without a
   * purge a deleted topic's table simply stays.
   */
  void purge(TopicId topic);

  /**
   * One bounded piece of upkeep on the topic's table: brings back into this tier's layout what
   * other writers rewrote or deleted rows of, expires old snapshots, removes orphans past their
   * safe age.
   *
   * @return whether anything was done
   */
  boolean maintain(TopicId topic);

  /**
   * A data file as a local file, brought here if need be.
   *
   * @return stays in place until it is closed
   */
  LocalFile local(ColdFile file);

  /**
   * Reads a data file out of the store, past every cache, and holds it to what the table, its name
   * and its footer say of it: that it is there with its size, every page, every record.
   *
   * @param file of this tier, committed to the topic's table
   * @param pace told of bytes before they are read; it may wait, and what it throws ends the
   *     reading
   * @return what its records come to as this tier reads them
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when anything of it is wrong: a file
   *     that was replaced and removed meanwhile does not exist either, so look at the table again
   */
  ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace);

  /** A local file in use. Closing it lets it go. */
  interface LocalFile extends AutoCloseable {
    /** Where it is; read only. */
    Path path();

    @Override
    void close();
  }

  /** Ends all work and releases what is open. */
  @Override
  void close();
}
