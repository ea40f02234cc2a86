package io.thermocline.model;

import java.util.List;
import java.util.Optional;

/**
 * Which topics there are. Changes are durable once a method returns. Thread-safe; blocks for disk
 * I/O on changes only.
 */
public interface TopicRegistry {

  /**
   * A durable intent to delete a topic, carried out in steps that a restart resumes.
   *
   * @param topic what is deleted; it is no longer listed, and its name stays taken until {@link
   *     #finishDelete}
   * @param purgeCold whether the table and its files go too
   */
  record Deletion(Topic topic, boolean purgeCold) {}

  /**
   * Creates a topic with a new identity.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} for a bad name or count, {@link
   *     ErrorKind#ALREADY_EXISTS} for a taken name, also by one that is being deleted, and for a
   *     name whose table name (lower case, {@code .} and {@code -} as {@code _}) another topic has
   */
  Topic create(String name, int partitionCount);

  /** The topic with that name; empty when there is none, or when it is being deleted. */
  Optional<Topic> find(String name);

  /** All topics in name order, without those being deleted. */
  List<Topic> list();

  /**
   * Grows a topic.
   *
   * @throws ThermoclineException {@link ErrorKind#NOT_FOUND}; {@link ErrorKind#INVALID} when the
   *     count is less than now or over the limit
   */
  Topic growPartitions(TopicId topic, int partitionCount);

  /**
   * Records the intent to delete. From here on the topic's partitions answer {@link
   * ErrorKind#NOT_FOUND}. Repeating it is harmless.
   */
  Deletion beginDelete(TopicId topic, boolean purgeCold);

  /** Intents that are not finished. */
  List<Deletion> deletions();

  /**
   * Deletes the topic's local files and offsets of groups, then the intent. Repeating it is
   * harmless.
   */
  void finishDelete(TopicId topic);

  /**
   * The topic with that name, or an error that says so.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} for a bad name, {@link
   *     ErrorKind#NOT_FOUND} when there is no such topic
   */
  default Topic require(String name) {
    return find(TopicNames.check(name))
        .orElseThrow(
            () -> new ThermoclineException(ErrorKind.NOT_FOUND, "No topic '" + name + "'"));
  }
}
