package io.thermocline.model;

import java.time.Instant;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A topic as it stands.
 *
 * @param id its name and identity
 * @param partitionCount {@code >= 1}; it grows, it never shrinks
 * @param created when it was created
 */
public record Topic(TopicId id, int partitionCount, Instant created) {
  public Topic {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(created, "created");
    if (partitionCount < 1) {
      throw new IllegalArgumentException("Not a partition count: " + partitionCount);
    }
  }

  /** Its name. */
  public String name() {
    return id.name();
  }

  /** Its partitions in order. */
  public Stream<TopicPartition> partitions() {
    return IntStream.range(0, partitionCount).mapToObj(id::partition);
  }

  /**
   * Its partition with number {@code partition}.
   *
   * @throws ThermoclineException {@link ErrorKind#NOT_FOUND} when it has no such partition
   */
  public TopicPartition partition(int partition) {
    if (partition < 0 || partition >= partitionCount) {
      throw new ThermoclineException(
          ErrorKind.NOT_FOUND,
          "Topic '%s' has no partition %d: it has partitions 0 to %d"
              .formatted(name(), partition, partitionCount - 1));
    }
    return id.partition(partition);
  }
}
