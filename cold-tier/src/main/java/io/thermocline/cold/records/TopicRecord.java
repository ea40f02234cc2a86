package io.thermocline.cold.records;

import io.thermocline.model.Topic;
import io.thermocline.model.TopicNote;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A topic's record in the warehouse. Its form is {@link TopicRecordJson}'s.
 *
 * @param epoch of the owner that wrote it
 * @param cluster that owner
 * @param note what is known of the topic beside its table
 * @param deletion set once the topic is deleted, or is about to be
 * @param table its table after the last commit; empty before the first
 * @param tieredTo how far each partition had come by that, by number
 * @param writtenAt by the writer's clock, for people
 */
public record TopicRecord(
    long epoch,
    UUID cluster,
    TopicNote note,
    Optional<Deletion> deletion,
    Optional<Pointer> table,
    SortedMap<Integer, Long> tieredTo,
    Instant writtenAt) {

  /** Why a topic is not to come back. */
  public enum Deletion {
    /** Its table stays for other engines. */
    KEEP,
    /** Its table is being deleted. */
    PURGE
  }

  /**
   * The metadata that a commit left, written after that commit.
   *
   * @param name the table's, namespace included
   * @param location where the table lies
   * @param metadata location of the metadata file
   * @param sequence the metadata's last sequence number
   */
  public record Pointer(String name, String location, String metadata, long sequence) {
    public Pointer {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(location, "location");
      Objects.requireNonNull(metadata, "metadata");
    }
  }

  public TopicRecord {
    Objects.requireNonNull(cluster, "cluster");
    Objects.requireNonNull(note, "note");
    Objects.requireNonNull(writtenAt, "writtenAt");
    tieredTo = Collections.unmodifiableSortedMap(new TreeMap<>(tieredTo));
  }

  /** Whose record it is. */
  public Topic topic() {
    return note.topic();
  }

  /** The same topic, deleted. */
  public TopicRecord deleted(Deletion how) {
    return new TopicRecord(epoch, cluster, note, Optional.of(how), table, tieredTo, writtenAt);
  }

  /** With another note; of partitions that could not be asked it keeps what it has. */
  public TopicRecord with(TopicNote other) {
    Map<Integer, TopicNote.Mark> marks = new TreeMap<>(note.marks());
    marks.putAll(other.marks());
    return new TopicRecord(
        epoch,
        cluster,
        new TopicNote(other.topic(), other.settings(), marks),
        deletion,
        table,
        tieredTo,
        writtenAt);
  }

  /** With the table as a commit left it. */
  public TopicRecord with(Pointer pointer, Map<Integer, Long> reached) {
    return new TopicRecord(
        epoch, cluster, note, deletion, Optional.of(pointer), new TreeMap<>(reached), writtenAt);
  }
}
