package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.io.PrintWriter;
import java.util.Locale;

/** What a server and its client compile and open once does not count: it is done here. */
final class WarmUp {
  private static final int SMALL_RECORD_BYTES = 100;
  private static final int RECORD_BYTES = 1024;

  private WarmUp() {}

  /** Three quarters of the bytes in records of 1 KiB, the rest in small ones; all fetched. */
  static void run(Arena arena, PrintWriter progress) throws InterruptedException {
    long bytes = arena.scale().warmUpBytes();
    long start = System.nanoTime();
    produceAndFetch(arena, RECORD_BYTES, bytes * 3 / 4);
    produceAndFetch(arena, SMALL_RECORD_BYTES, bytes / 4);
    progress.printf(
        Locale.ROOT,
        "%s warmed up with %.1f GiB in %.0f s%n",
        arena.contender().name(),
        bytes / 1073741824.0,
        (System.nanoTime() - start) / 1e9);
  }

  private static void produceAndFetch(Arena arena, int recordBytes, long bytes)
      throws InterruptedException {
    Broker broker = arena.broker();
    String topic = arena.newTopic("warm-up");
    broker.createTopic(topic, 1, false);
    Flow.Moved produced =
        Flow.produce(
            broker,
            topic,
            1,
            Values.ofSize(recordBytes),
            bytes,
            SenderProfile.THROUGHPUT,
            Compression.NONE);
    Flow.Moved unusedFetched = Flow.fetch(broker, topic, 0, produced.records());
    broker.deleteTopic(topic);
  }
}
