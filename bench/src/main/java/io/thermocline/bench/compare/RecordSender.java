package io.thermocline.bench.compare;

/** A producer. For one thread. */
public interface RecordSender extends AutoCloseable {

  /** Told what became of a record, on the producer's own thread. */
  @FunctionalInterface
  interface Outcome {
    /** {@code failure} is null when the record was acknowledged. */
    void done(Throwable failure);
  }

  /** Sends a record without a key; waits while the producer's buffer is full. */
  void send(String topic, int partition, byte[] value, Outcome outcome);

  /** Waits until everything sent has its outcome. */
  void flush() throws InterruptedException;

  @Override
  void close();
}
