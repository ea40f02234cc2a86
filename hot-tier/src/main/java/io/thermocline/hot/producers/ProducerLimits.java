package io.thermocline.hot.producers;

import java.time.Duration;
import java.util.Objects;

/**
 * How many producers are remembered, and for how long after their last batch. One takes about 2 KiB
 * in each partition it produces to. How long one is silent is counted as {@link ProducerTable}
 * says.
 *
 * @param perPartition more than these are refused, unless silent ones can make room
 * @param inAll the same over all partitions
 * @param forget a producer is forgotten this long after its last batch to the partition
 * @param makeRoom it may be forgotten this long after it, when its place is needed: nobody may
 *     repeat a batch that late
 */
public record ProducerLimits(int perPartition, int inAll, Duration forget, Duration makeRoom) {
  /** Their window has to fit into one {@link ProducerNote}. */
  static final int MAX_PER_PARTITION = 10_000;

  public ProducerLimits {
    Objects.requireNonNull(forget, "forget");
    Objects.requireNonNull(makeRoom, "makeRoom");
    if (perPartition < 1 || perPartition > MAX_PER_PARTITION || inAll < 1) {
      throw new IllegalArgumentException(
          "Producers to remember: %d in a partition, from 1 to %d are possible; %d in all, at least 1"
              .formatted(perPartition, MAX_PER_PARTITION, inAll));
    }
    if (makeRoom.isNegative() || forget.compareTo(makeRoom) < 0) {
      throw new IllegalArgumentException(
          "Producers are forgotten after %s, and after %s to make room: the second is not shorter"
              .formatted(forget, makeRoom));
    }
  }

  /** What a server remembers unless it is told otherwise. */
  public static ProducerLimits defaults() {
    return new ProducerLimits(10_000, 32_768, Duration.ofDays(1), Duration.ofMinutes(15));
  }
}
