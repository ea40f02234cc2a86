package io.thermocline.server.cli;

import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.producer.RecordMetadata;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What became of the records sent. Thread-safe. */
final class Deliveries {
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong notApplied = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final AtomicReference<Throwable> problem = new AtomicReference<>();

  /** Counts a record once its answer is there. */
  void expect(CompletableFuture<RecordMetadata> record, int valueBytes) {
    // What whenComplete returns fails just as the record does, which is counted here.
    var unused =
        record.whenComplete(
            (metadata, failure) -> {
              if (failure == null) {
                acknowledged.incrementAndGet();
                bytes.addAndGet(valueBytes);
              } else {
                problem.compareAndSet(null, failure);
                boolean perhaps = failure instanceof OutcomeUnknownException;
                (perhaps ? unknown : notApplied).incrementAndGet();
              }
            });
  }

  /** So many records are stored. */
  void stored(int records, long valueBytes) {
    acknowledged.addAndGet(records);
    bytes.addAndGet(valueBytes);
  }

  /** Sending itself failed, or reading what is to be sent. */
  void stopped(Exception failure) {
    problem.compareAndSet(null, failure);
  }

  boolean failed() {
    return problem.get() != null;
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /** Bytes of the values acknowledged. */
  long bytes() {
    return bytes.get();
  }

  long notApplied() {
    return notApplied.get();
  }

  long unknown() {
    return unknown.get();
  }

  /** The first failure. */
  Optional<Throwable> problem() {
    return Optional.ofNullable(problem.get());
  }
}
