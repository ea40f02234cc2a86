package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.RecordSender;
import io.thermocline.bench.compare.SenderProfile;
import io.thermocline.bench.compare.Values;
import io.thermocline.model.Compression;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Records into a topic at a rate that holds, while somebody looks at its lag. */
final class SteadyLoad {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Records between two looks at the clock. */
  private static final int BURST = 64;

  private final Broker broker;
  private final String topic;
  private final Values values;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  SteadyLoad(Broker broker, String topic, Values values) {
    this.broker = broker;
    this.topic = topic;
    this.values = values;
  }

  /** Sees how many records are not tiered, and says whether to go on sending for now. */
  interface Watch {
    boolean sends(long untiered);
  }

  /**
   * Sends for some time.
   *
   * @param recordsPerSecond at most so many
   * @return how many records were sent
   */
  long run(int seconds, double recordsPerSecond, Watch watch) throws InterruptedException {
    long start = System.nanoTime();
    long end = start + TimeUnit.SECONDS.toNanos(seconds);
    long nextLook = start;
    boolean sending = true;
    long sent = 0;
    try (RecordSender sender = broker.sender(SenderProfile.THROUGHPUT, Compression.NONE)) {
      for (long now = start; now < end; now = System.nanoTime()) {
        if (now >= nextLook) {
          sending = watch.sends(broker.untiered(topic));
          nextLook = now + LOOK_NANOS;
        }
        if (sending && sent <= (now - start) / 1e9 * recordsPerSecond) {
          for (int i = 0; i < BURST; i++) {
            sender.send(topic, 0, values.get(sent++), this::outcome);
          }
        } else {
          LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
        }
      }
      sender.flush();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("A record was not acknowledged", failure.get());
    }
    return sent;
  }

  private void outcome(Throwable problem) {
    if (problem != null) {
      failure.compareAndSet(null, problem);
    }
  }
}
