package io.thermocline.bench.compare;

import java.util.concurrent.atomic.AtomicReference;

/** Keeps the first failure of many records, since a figure over failed records is none. */
final class Outcomes implements RecordSender.Outcome {
  private final AtomicReference<Throwable> first = new AtomicReference<>();

  @Override
  public void done(Throwable failure) {
    if (failure != null) {
      first.compareAndSet(null, failure);
    }
  }

  /** Throws when a record was not acknowledged. */
  void check() {
    if (first.get() != null) {
      throw new IllegalStateException("A record was not acknowledged", first.get());
    }
  }
}
