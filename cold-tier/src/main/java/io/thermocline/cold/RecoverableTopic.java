package io.thermocline.cold;

import io.thermocline.model.ColdPartition;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A topic as the warehouse alone tells of it.
 *
 * @param note what was noted of it last
 * @param noter the cluster that noted it
 * @param notedAt when, by that cluster's clock: what was acknowledged later nobody here knows of
 * @param fate what is to become of it
 * @param table its table; empty when nothing of it was ever tiered, or when there is a problem
 * @param problem why it can't be brought back; empty when it can
 * @param remarks what else is worth saying
 */
public record RecoverableTopic(
    TopicNote note,
    UUID noter,
    Instant notedAt,
    Fate fate,
    Optional<Table> table,
    Optional<String> problem,
    List<String> remarks) {

  /** What is to become of a topic. */
  public enum Fate {
    /** It comes back. */
    TOPIC,
    /** It was deleted, its table was kept: only the table comes back, into the catalog. */
    TABLE_ONLY,
    /** It was being deleted with its table: nothing comes back. */
    NOTHING
  }

  /**
   * A topic's table.
   *
   * @param name namespace included
   * @param metadata location of the newest metadata file that counts
   * @param registered whether the catalog has the table there already
   * @param lastCommit id of our last commit in it
   * @param partitions those it knows of, by number
   */
  public record Table(
      String name,
      String metadata,
      boolean registered,
      Optional<UUID> lastCommit,
      Map<Integer, ColdPartition> partitions) {
    public Table {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(metadata, "metadata");
      partitions = Map.copyOf(partitions);
    }

    /** The partition's part; an empty one when the table does not know it. */
    public ColdPartition partition(int number) {
      return partitions.getOrDefault(number, ColdPartition.empty(number));
    }
  }

  public RecoverableTopic {
    Objects.requireNonNull(note, "note");
    Objects.requireNonNull(noter, "noter");
    Objects.requireNonNull(notedAt, "notedAt");
    Objects.requireNonNull(fate, "fate");
    remarks = List.copyOf(remarks);
  }

  /** Its name and identity. */
  public TopicId id() {
    return note.topic().id();
  }
}
