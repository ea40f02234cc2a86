package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * 10,000 records a second of 1 KiB, each at its own time, which stands in its first eight bytes.
 *
 * <p>A record's time runs from when it was meant to be sent, also when the sender fell behind: a
 * server that stalls is charged for every record that would have come meanwhile.
 */
public final class PacedLoad {
  public static final int RECORD_BYTES = 1024;
  private static final long INTERVAL_NANOS = 100_000;

  /** Connections, places in a log, and what the compilers do to the way of small batches. */
  private static final int SETTLING_SECONDS = 10;

  private final String topic;
  private final int partitions;
  private final SenderProfile profile;
  private final int seconds;

  public PacedLoad(String topic, int partitions, SenderProfile profile, int seconds) {
    this.topic = topic;
    this.partitions = partitions;
    this.profile = profile;
    this.seconds = seconds;
  }

  /** How many records are sent. */
  public long records() {
    return TimeUnit.SECONDS.toNanos(seconds + SETTLING_SECONDS) / INTERVAL_NANOS;
  }

  /** How many at the beginning are not timed. */
  static long settlingRecords() {
    return TimeUnit.SECONDS.toNanos(SETTLING_SECONDS) / INTERVAL_NANOS;
  }

  /** Sends all, in turns to the partitions, and waits until the last is acknowledged. */
  public void run(Broker broker, Latencies acknowledged) throws InterruptedException {
    Outcomes outcomes = new Outcomes();
    byte[] value = Values.ofSize(RECORD_BYTES).get(0).clone();
    ByteBuffer stamp = ByteBuffer.wrap(value);
    try (RecordSender sender = broker.sender(profile, Compression.NONE)) {
      long start = System.nanoTime();
      for (long i = 0; i < records(); i++) {
        long due = start + i * INTERVAL_NANOS;
        awaitTime(due);
        boolean counts = i >= settlingRecords();
        // Both clients copy the value before send returns.
        stamp.putLong(0, due);
        sender.send(
            topic,
            (int) (i % partitions),
            value,
            failure -> {
              outcomes.done(failure);
              if (counts) {
                acknowledged.add(System.nanoTime() - due);
              }
            });
      }
      sender.flush();
    }
    outcomes.check();
  }

  /** When the record was meant to be sent. */
  static long dueNanos(byte[] array, int start) {
    return ByteBuffer.wrap(array, start, Long.BYTES).getLong();
  }

  private static void awaitTime(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
