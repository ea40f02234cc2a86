package io.thermocline.bench.compare;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A consumer that reads a partition from its start, unthrottled, over and over. */
public final class Replays {
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CompletableFuture<Void> ended;

  private Replays(CompletableFuture<Void> ended) {
    this.ended = ended;
  }

  /** Reads the first {@code records} each time. */
  public static Replays start(Broker broker, String topic, long records) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Replays replays = new Replays(ended);
    Thread thread = new Thread(() -> replays.run(broker, topic, records), "replays");
    thread.setDaemon(true);
    thread.start();
    return replays;
  }

  /** Waits for the replay under way; throws when one failed. */
  public void stop() {
    stopped.set(true);
    Void unused = ended.join();
  }

  private void run(Broker broker, String topic, long records) {
    try {
      while (!stopped.get()) {
        Flow.Moved unused = Flow.fetch(broker, topic, 0, records);
      }
      ended.complete(null);
    } catch (RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }
}
