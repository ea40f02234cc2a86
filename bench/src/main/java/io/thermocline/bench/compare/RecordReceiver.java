package io.thermocline.bench.compare;

import java.time.Duration;

/** A consumer of one partition. For one thread. */
public interface RecordReceiver extends AutoCloseable {

  /** Sees values where the client has them; they are valid until it returns. */
  @FunctionalInterface
  interface ValueVisitor {
    /** The value is {@code length} bytes of {@code array}, from {@code start}. */
    void visit(byte[] array, int start, int length);
  }

  /** Waits up to {@code timeout} for records, and shows all that came. */
  void receive(Duration timeout, ValueVisitor visitor);

  @Override
  void close();
}
