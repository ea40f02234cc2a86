package io.thermocline.client.failure;

import io.thermocline.client.record.PartitionName;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import java.util.List;

/**
 * Stored records are damaged and can't be served. The consumer has not moved past anything else:
 * reading on gives the records after the damage.
 */
public final class DataLostException extends ReadFailedException {
  private static final long serialVersionUID = 1L;

  private final transient PartitionName partition;
  private final transient List<OffsetRange> lost;

  /** For a {@link io.thermocline.client.consumer.LostRangeHandler} that does not go on. */
  public DataLostException(PartitionName partition, List<OffsetRange> lost) {
    super(
        Failure.of(
            ErrorKind.CORRUPT,
            "Records of " + partition + " are damaged and can't be read: offsets " + lost));
    this.partition = partition;
    this.lost = List.copyOf(lost);
  }

  /** Where. */
  public PartitionName partition() {
    return partition;
  }

  /** The offsets that can't be served. */
  public List<OffsetRange> lost() {
    return lost;
  }
}
