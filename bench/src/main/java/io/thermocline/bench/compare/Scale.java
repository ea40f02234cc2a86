package io.thermocline.bench.compare;

/**
 * How much of everything.
 *
 * @param rounds of each case
 * @param warmUpBytes produced to each side, and fetched, before anything counts
 * @param bytes of record values in a turn with records of 1 KiB
 * @param smallRecordBytes the same with records of 100 bytes
 * @param latencySeconds of a turn at a fixed rate
 * @param logBytes in the log that a server is restarted on
 * @param randomReads of single records in a turn
 * @param flatSeconds for which a lag has to stay where it is
 */
public record Scale(
    int rounds,
    long warmUpBytes,
    long bytes,
    long smallRecordBytes,
    int latencySeconds,
    long logBytes,
    int randomReads,
    int flatSeconds) {
  private static final long GIB = 1L << 30;

  /** What the published figures are made with. */
  static Scale full(long logBytes) {
    return new Scale(5, 4 * GIB, 4 * GIB, GIB, 30, logBytes, 1000, 600);
  }

  /** Three cases in less than five minutes. */
  static Scale quick(long logBytes) {
    return new Scale(3, GIB, GIB, GIB / 2, 10, logBytes, 200, 60);
  }

  Scale withRounds(int count) {
    return new Scale(
        count,
        warmUpBytes,
        bytes,
        smallRecordBytes,
        latencySeconds,
        logBytes,
        randomReads,
        flatSeconds);
  }
}
