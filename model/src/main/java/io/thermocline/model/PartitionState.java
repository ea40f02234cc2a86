package io.thermocline.model;

/**
 * A partition's offsets in the hot tier, all read at one moment. Invariant: {@code logStart <=
 * hotStart <= stableEnd <= end}.
 *
 * @param epoch the log epoch: raised by each recovery that cut something
 * @param logStart first readable offset over both tiers; owned by the hot tier
 * @param hotStart first offset the hot tier can serve
 * @param stableEnd nothing below it changes or disappears; for the embedded log it is {@code end}
 * @param end one past the last durable record
 * @param bytes bytes on local disk
 * @param segments files on local disk, the active one included
 */
public record PartitionState(
    int epoch, long logStart, long hotStart, long stableEnd, long end, long bytes, int segments) {
  public PartitionState {
    if (logStart < 0 || hotStart < logStart || stableEnd < hotStart || end < stableEnd) {
      throw new IllegalArgumentException(
          "Not a state: logStart %d, hotStart %d, stableEnd %d, end %d"
              .formatted(logStart, hotStart, stableEnd, end));
    }
  }
}
