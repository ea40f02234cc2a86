package io.thermocline.model;

import java.util.Objects;
import java.util.Optional;

/**
 * Something an audit of stored data came upon.
 *
 * @param severity whether anything is wrong at all
 * @param partition whose data it is; empty when it concerns no single partition
 * @param offsets the offsets concerned; empty when none are, or when they can't be told
 * @param place the file or object, with the byte position where that is known; empty when there is
 *     none
 * @param problem what was found, in words
 */
public record AuditFinding(
    Severity severity,
    Optional<TopicPartition> partition,
    Optional<OffsetRange> offsets,
    String place,
    String problem) {

  public AuditFinding {
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(offsets, "offsets");
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(problem, "problem");
  }

  /** How much a finding matters. */
  public enum Severity {
    /** Stored data are wrong, or missing. */
    DAMAGE,
    /** Nothing is wrong: what a person who looks at the files may ask about. */
    NOTE
  }

  /** Takes findings as they are made, so that a long audit shows them at once. */
  public interface Sink {
    /** Takes one. Called by one thread at a time. */
    void found(AuditFinding finding);

    /** Something about a partition's offsets is wrong. */
    default void damage(TopicPartition partition, OffsetRange offsets, String place, String what) {
      Optional<OffsetRange> some = offsets.isEmpty() ? Optional.empty() : Optional.of(offsets);
      found(new AuditFinding(Severity.DAMAGE, Optional.of(partition), some, place, what));
    }

    /** Something about a partition is wrong, with no offset lost by it. */
    default void damage(TopicPartition partition, String place, String what) {
      found(
          new AuditFinding(Severity.DAMAGE, Optional.of(partition), Optional.empty(), place, what));
    }

    /** Something that concerns no single partition is wrong. */
    default void damage(String place, String what) {
      found(new AuditFinding(Severity.DAMAGE, Optional.empty(), Optional.empty(), place, what));
    }

    /** Something about a partition is worth knowing. */
    default void note(TopicPartition partition, String place, String what) {
      found(new AuditFinding(Severity.NOTE, Optional.of(partition), Optional.empty(), place, what));
    }

    /** Something that concerns no single partition is worth knowing. */
    default void note(String place, String what) {
      found(new AuditFinding(Severity.NOTE, Optional.empty(), Optional.empty(), place, what));
    }
  }

  /** On one line: {@code orders-0 [5, 9): ... (file)}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(64);
    partition.ifPresent(id -> line.append(id));
    offsets.ifPresent(range -> line.append(' ').append(range));
    if (!line.isEmpty()) {
      line.append(": ");
    }
    line.append(problem);
    return place.isEmpty()
        ? line.toString()
        : line.append(" (").append(place).append(')').toString();
  }
}
