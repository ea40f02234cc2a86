package io.thermocline.client.admin;

import io.thermocline.model.OffsetRange;
import java.util.Optional;
import java.util.OptionalInt;

/** What an audit of a running server tells. */
public final class AuditReport {
  private AuditReport() {}

  /**
   * Something the audit came upon.
   *
   * @param damage whether stored data are wrong or missing; else it is a note
   * @param topic empty when it concerns no single partition
   * @param partition set where the topic is
   * @param offsets the offsets concerned; empty when there are none, or they can't be told
   * @param place the object it was found in; empty when there is none
   * @param problem in words
   */
  public record Finding(
      boolean damage,
      String topic,
      OptionalInt partition,
      Optional<OffsetRange> offsets,
      String place,
      String problem) {}

  /**
   * What was looked at.
   *
   * @param topics that were begun
   * @param partitions of them
   * @param hotBatches read from the server's disk
   * @param hotRecords in them
   * @param hotBytes their payloads' bytes
   * @param tables that were found
   * @param files read from the object store
   * @param coldRecords in them
   * @param coldBytes of them
   */
  public record Totals(
      long topics,
      long partitions,
      long hotBatches,
      long hotRecords,
      long hotBytes,
      long tables,
      long files,
      long coldRecords,
      long coldBytes) {}

  /** Is told how an audit goes, by the thread that asked for it. */
  public interface Listener {
    /** Told of each finding as it is made. */
    void found(Finding finding);

    /** Told about once a second. */
    default void progress(Totals soFar) {}
  }
}
