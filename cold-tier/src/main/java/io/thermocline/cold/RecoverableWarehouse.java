package io.thermocline.cold;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A warehouse as it stands, seen without a data directory.
 *
 * @param location where it is
 * @param epoch of its owner
 * @param owner which cluster owns it
 * @param policies the policies that were in force, as they were applied; empty when none are kept
 * @param topics by name
 * @param unreadable topics of which only the id is known, as their records are damaged
 */
public record RecoverableWarehouse(
    String location,
    long epoch,
    UUID owner,
    Optional<String> policies,
    List<RecoverableTopic> topics,
    List<Unreadable> unreadable) {

  /**
   * A topic whose record can't be read.
   *
   * @param topic its id
   * @param problem what is wrong with the record, and where it is
   */
  public record Unreadable(UUID topic, String problem) {
    public Unreadable {
      Objects.requireNonNull(topic, "topic");
      Objects.requireNonNull(problem, "problem");
    }
  }

  public RecoverableWarehouse {
    Objects.requireNonNull(location, "location");
    Objects.requireNonNull(owner, "owner");
    topics = List.copyOf(topics);
    unreadable = List.copyOf(unreadable);
  }
}
