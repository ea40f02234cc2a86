package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.time.Duration;

/** Records into a topic and out of it as fast as they go. */
public final class Flow {
  private static final Duration POLL = Duration.ofSeconds(1);

  /** A consumer that gets nothing for so long has lost its way. */
  private static final long STALLED_NANOS = Duration.ofSeconds(60).toNanos();

  private Flow() {}

  /**
   * Bytes of values that went by, and how many values.
   *
   * @param nanos from before the first to after the last
   */
  public record Moved(long records, long bytes, long nanos) {}

  /** Sends values to the partitions in turns until {@code bytes} of them are acknowledged. */
  public static Moved produce(
      Broker broker,
      String topic,
      int partitions,
      Values values,
      long bytes,
      SenderProfile profile,
      Compression compression)
      throws InterruptedException {
    Outcomes outcomes = new Outcomes();
    long sentBytes = 0;
    long sent = 0;
    long start;
    try (RecordSender sender = broker.sender(profile, compression)) {
      start = System.nanoTime();
      while (sentBytes < bytes) {
        byte[] value = values.get(sent);
        sender.send(topic, (int) (sent % partitions), value, outcomes);
        sentBytes += value.length;
        sent++;
      }
      sender.flush();
    }
    long nanos = System.nanoTime() - start;
    outcomes.check();
    return new Moved(sent, sentBytes, nanos);
  }

  /** Reads the first {@code records} of a partition. */
  public static Moved fetch(Broker broker, String topic, int partition, long records) {
    Counter counter = new Counter();
    long start = System.nanoTime();
    try (RecordReceiver receiver = broker.fromStart(topic, partition)) {
      long lastProgress = start;
      while (counter.records < records) {
        long before = counter.records;
        receiver.receive(POLL, counter);
        long now = System.nanoTime();
        if (counter.records > before) {
          lastProgress = now;
        } else if (now - lastProgress > STALLED_NANOS) {
          throw new IllegalStateException(
              "No record of " + topic + " after " + counter.records + " of " + records);
        }
      }
    }
    return new Moved(counter.records, counter.bytes, System.nanoTime() - start);
  }

  private static final class Counter implements RecordReceiver.ValueVisitor {
    private long records;
    private long bytes;

    @Override
    public void visit(byte[] array, int start, int length) {
      records++;
      bytes += length;
    }
  }
}
