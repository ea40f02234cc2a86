package io.thermocline.gateway.stream;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;

/**
 * Bounds of the streams.
 *
 * @param produceWindowBytes bytes of one Produce call's batches that may wait for their answer, 512
 *     counted beside each payload; above it the call is not read from. It may be passed by one
 *     batch.
 * @param produceTotalBytes the same over all calls
 * @param fetchTurnBytes what one partition may send before it is the next one's turn
 * @param fetchResponseBytes largest response, unless one batch alone is larger
 * @param fetchTotalBytes payload bytes read and not yet taken by the network, over all calls; a
 *     call that holds none may pass it by one turn
 * @param fetchPartitions partitions in one Fetch call
 */
public record StreamSettings(
    long produceWindowBytes,
    long produceTotalBytes,
    int fetchTurnBytes,
    int fetchResponseBytes,
    long fetchTotalBytes,
    int fetchPartitions) {
  public StreamSettings {
    positive("streams.produceWindowBytes", produceWindowBytes);
    positive("streams.produceTotalBytes", produceTotalBytes);
    positive("streams.fetchTurnBytes", fetchTurnBytes);
    positive("streams.fetchResponseBytes", fetchResponseBytes);
    positive("streams.fetchTotalBytes", fetchTotalBytes);
    positive("streams.fetchPartitions", fetchPartitions);
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new ThermoclineException(
          ErrorKind.INVALID, name + " is " + value + ": it has to be more than 0");
    }
  }
}
