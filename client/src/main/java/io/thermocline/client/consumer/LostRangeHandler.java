package io.thermocline.client.consumer;

import io.thermocline.client.failure.DataLostException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.OffsetRange;
import java.util.List;

/** Decides what stored damage means to a consumer: returning goes on, throwing ends the poll. */
@FunctionalInterface
public interface LostRangeHandler {
  /** Records of these offsets are damaged and will not come. Called on the polling thread. */
  void lost(PartitionName partition, List<OffsetRange> ranges);

  /** Throws {@link DataLostException}; the poll after it goes on behind the damage. */
  static LostRangeHandler fail() {
    return (partition, ranges) -> {
      throw new DataLostException(partition, ranges);
    };
  }
}
