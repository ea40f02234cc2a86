package io.thermocline.tiering;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the rest of the house asks of tiering: how it stands, doing it now, and the policies it
 * follows. Thread-safe; methods block and are called from a pool made for that.
 */
public interface Tiering {

  /**
   * How one partition stands.
   *
   * @param enabled whether a policy tiers it
   * @param tieredTo as last known
   * @param lagBytes bytes on local disk that are not tiered
   * @param lag age of the oldest record that is not tiered, by append time; empty when there is
   *     none
   * @param oldestUntiered when that one was appended
   * @param coldFiles data files in the table, as last known
   * @param coldBytes of them
   * @param problem why it stands still; empty when it does not
   */
  record PartitionStatus(
      TopicPartition id,
      boolean enabled,
      long logStart,
      long hotStart,
      long tieredTo,
      long end,
      long lagBytes,
      Optional<Duration> lag,
      Optional<Instant> oldestUntiered,
      int coldFiles,
      long coldBytes,
      Optional<String> problem) {}

  /**
   * What a run did to one partition.
   *
   * @param tiered offsets added to the cold tier; empty range where none were
   * @param problem why it was not moved further; empty when all went well
   */
  record PartitionRun(
      TopicPartition id,
      OffsetRange tiered,
      long records,
      int files,
      long coldBytes,
      long hotStart,
      long logStart,
      Optional<String> problem) {}

  /** The partitions of one topic, or of all. */
  List<PartitionStatus> status(Optional<TopicId> topic);

  /**
   * Seals and tiers all that is durable of a topic, or of all tiered ones, then trims what the
   * policy lets go. A failure of one partition is told in its entry and does not stop the others.
   *
   * @param trimAll let go of every tiered record's local copy, whatever hot retention says
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when the topic named is not
   *     tiered by any policy
   */
  List<PartitionRun> runNow(Optional<TopicId> topic, boolean trimAll);

  /** Every problem of a policy document, in order of place; empty when it is good. */
  List<PolicyProblem> validate(String yaml);

  /**
   * What these policies, or the ones in force, would do now. Changes nothing.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} with every problem as a violation
   */
  PolicyPlan plan(Optional<String> yaml);

  /**
   * Makes policies effective, durably.
   *
   * @return what the change makes happen
   * @throws ThermoclineException {@link ErrorKind#INVALID} with every problem as a violation;
   *     nothing has changed then
   */
  PolicyPlan apply(String yaml);

  /** The document in force, as it was written. */
  String policies();

  /**
   * Takes note of new topics and partitions at once, rather than at the next look: their segments
   * are cut as the policies say from the first batch on.
   */
  void topicsChanged();

  /**
   * Deletes a topic: records the intent, then carries it out. Once this returns the topic is gone
   * for callers; what could not be finished (the cold tier away) goes on by itself, also after a
   * restart.
   */
  void deleteTopic(TopicId topic, boolean purgeCold);
}
