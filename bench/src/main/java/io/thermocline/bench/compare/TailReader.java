package io.thermocline.bench.compare;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A consumer at the end of a partition, in a thread of its own, that times a paced load. */
public final class TailReader {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long STALLED_SECONDS = 120;

  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final Latencies latencies;
  private final long records;
  private long seen;

  private TailReader(Latencies latencies, long records) {
    this.latencies = latencies;
    this.records = records;
  }

  /** Begins at the end of now, and ends after {@code records}. */
  public static TailReader start(Broker broker, String topic, long records, Latencies latencies) {
    TailReader reader = new TailReader(latencies, records);
    RecordReceiver receiver = broker.fromEnd(topic, 0);
    Thread thread = new Thread(() -> reader.run(receiver), "tail-reader");
    thread.setDaemon(true);
    thread.start();
    return reader;
  }

  /** Waits for the last record. */
  public void await() throws InterruptedException {
    try {
      Void unused = done.get(STALLED_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The tail could not be read", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "The tail still waits for some of " + records + " records", e);
    }
  }

  private void run(RecordReceiver receiver) {
    try (receiver) {
      while (seen < records) {
        receiver.receive(POLL, this::visit);
      }
      done.complete(null);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  private void visit(byte[] array, int start, int length) {
    if (seen++ >= PacedLoad.settlingRecords()) {
      latencies.add(System.nanoTime() - PacedLoad.dueNanos(array, start));
    }
  }
}
