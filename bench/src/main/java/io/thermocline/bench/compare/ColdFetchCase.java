package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fetches one partition from its start out of the colder tier: Parquet of ours in a directory,
 * Kafka's segments in its LocalTieredStorage. The second figure has the peer's fetch of the same
 * records from its local log beside our fetch from the colder tier.
 */
final class ColdFetchCase implements Case {
  private static final String HOT = "-vs-hot";

  private final String name;
  private final Source source;
  private final Map<String, Tiered> running = new HashMap<>();

  /** What the records say. */
  interface Source {
    Values values(Path home) throws IOException;
  }

  /**
   * A server with tiering on.
   *
   * @param records of the first ones, those that lie in the colder tier
   */
  private record Tiered(Broker broker, long records) {}

  ColdFetchCase(String name, Source source) {
    this.name = name;
    this.source = source;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return "fetch one partition from the start out of the colder tier, a directory; "
        + HOT
        + " is ours beside the peer's hot fetch";
  }

  @Override
  public void prepare(Arena arena) throws IOException, InterruptedException {
    Path directory = directory(arena);
    Broker broker =
        arena.contender().start(directory, arena.contender().tieringSettings(directory));
    running.put(arena.contender().name(), new Tiered(broker, 0));
    Flow.Moved warmUp = produce(arena, broker, name + "-warm-up", arena.scale().warmUpBytes() / 4);
    Flow.Moved unusedFetched = Flow.fetch(broker, name + "-warm-up", 0, warmUp.records());
    long warm = broker.moveToCold(name + "-warm-up");
    Flow.Moved unusedCold = Flow.fetch(broker, name + "-warm-up", 0, warm);
    Flow.Moved unused = produce(arena, broker, name, arena.scale().bytes());
    if (!arena.isOurs()) {
      Flow.Moved unusedHot = produce(arena, broker, name + HOT, arena.scale().bytes());
    }
    running.put(arena.contender().name(), new Tiered(broker, broker.moveToCold(name)));
  }

  private Flow.Moved produce(Arena arena, Broker broker, String topic, long bytes)
      throws IOException, InterruptedException {
    if (topic.endsWith(HOT)) {
      broker.createTopic(topic, 1, false);
    } else {
      broker.createTieredTopic(topic);
    }
    return Flow.produce(
        broker,
        topic,
        1,
        source.values(arena.home()),
        bytes,
        SenderProfile.THROUGHPUT,
        Compression.NONE);
  }

  @Override
  public List<Figure> measure(Arena arena) {
    Tiered tiered = running.get(arena.contender().name());
    Flow.Moved cold = Flow.fetch(tiered.broker(), name, 0, tiered.records());
    Flow.Moved compared =
        arena.isOurs() ? cold : Flow.fetch(tiered.broker(), name + HOT, 0, tiered.records());
    return List.of(
        Figure.rate(name, cold.bytes(), cold.nanos()),
        Figure.rate(name + HOT, compared.bytes(), compared.nanos()));
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    Tiered tiered = running.remove(arena.contender().name());
    if (tiered != null) {
      tiered.broker().close();
    }
    WorkDirectory.delete(directory(arena));
  }

  private Path directory(Arena arena) {
    return arena.directory().resolve(name);
  }
}
