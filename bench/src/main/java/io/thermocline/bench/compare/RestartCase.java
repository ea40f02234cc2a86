package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * From the start of the process to its first acknowledgement, on a large log: after {@code kill -9}
 * while the newest part of the log was hardly written, then after a clean stop.
 */
final class RestartCase implements Case {
  private static final String TOPIC = "restart";
  private static final int RECORD_BYTES = 1024;

  /** What is appended just before each kill. */
  private static final long TAIL_BYTES = 256L << 20;

  private final Map<String, Broker> running = new HashMap<>();

  @Override
  public String name() {
    return "restart";
  }

  @Override
  public String description() {
    return "from the start of the process to the first acknowledgement, on the --log-bytes log";
  }

  @Override
  public void prepare(Arena arena) throws IOException, InterruptedException {
    Broker broker = arena.contender().start(directory(arena), Map.of());
    running.put(arena.contender().name(), broker);
    broker.createTopic(TOPIC, 1, false);
    append(broker, arena.scale().logBytes());
  }

  @Override
  public List<Figure> measure(Arena arena) throws IOException, InterruptedException {
    Broker broker = running.remove(arena.contender().name());
    append(broker, TAIL_BYTES);
    broker.kill();
    double afterKill = start(arena);
    running.remove(arena.contender().name()).close();
    double afterStop = start(arena);
    return List.of(
        new Figure("restart-after-kill", afterKill, Unit.SECONDS),
        new Figure("restart-after-stop", afterStop, Unit.SECONDS));
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    Broker broker = running.remove(arena.contender().name());
    if (broker != null) {
      broker.close();
    }
    WorkDirectory.delete(directory(arena));
  }

  private double start(Arena arena) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Broker broker = arena.contender().start(directory(arena), Map.of());
    running.put(arena.contender().name(), broker);
    append(broker, 1);
    return (System.nanoTime() - start) / 1e9;
  }

  private static void append(Broker broker, long bytes) throws InterruptedException {
    Flow.Moved unused =
        Flow.produce(
            broker,
            TOPIC,
            1,
            Values.ofSize(RECORD_BYTES),
            bytes,
            SenderProfile.THROUGHPUT,
            Compression.NONE);
  }

  private Path directory(Arena arena) {
    return arena.directory().resolve(TOPIC);
  }
}
