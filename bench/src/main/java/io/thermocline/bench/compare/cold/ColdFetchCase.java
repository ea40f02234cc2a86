package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Arena;
import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.Case;
import io.thermocline.bench.compare.Figure;
import io.thermocline.bench.compare.Flow;
import io.thermocline.bench.compare.SenderProfile;
import io.thermocline.bench.compare.Unit;
import io.thermocline.bench.compare.Values;
import io.thermocline.model.Compression;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Fetches one partition from its start out of the colder tier: Parquet of ours, Kafka's segments in
 * its LocalTieredStorage. The second figure has the peer's fetch of the same records from its local
 * log beside our fetch from the colder tier, the third what the store was asked for.
 */
final class ColdFetchCase implements Case {
  private static final String HOT = "-vs-hot";
  private static final double GB = 1e9;

  /**
   * As often as that the quarter that is there to get warm is read: what decodes is long to
   * compile.
   */
  private static final int WARM_UPS = 16;

  private final String name;
  private final Values.Source source;
  private final ColdStore store;
  private final TieredServers servers;

  /** How many of its first records lie in the colder tier, for each side. */
  private final Map<String, Long> records = new HashMap<>();

  ColdFetchCase(String name, Values.Source source, ColdStore store) {
    this.name = name;
    this.source = source;
    this.store = store;
    this.servers = new TieredServers(name, store, Map.of());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return "fetch one partition from the start out of the colder tier, ours in "
        + store.description()
        + "; "
        + HOT
        + " is ours beside the peer's hot fetch";
  }

  @Override
  public void prepare(Arena arena) throws IOException, InterruptedException {
    Broker broker = servers.start(arena);
    Flow.Moved warmUp = produce(arena, broker, name + "-warm-up", arena.scale().warmUpBytes() / 4);
    Flow.Moved unusedFetched = Flow.fetch(broker, name + "-warm-up", 0, warmUp.records());
    long warm = broker.moveToCold(name + "-warm-up").get(0);
    for (int again = 0; again < WARM_UPS; again++) {
      Flow.Moved unusedCold = Flow.fetch(broker, name + "-warm-up", 0, warm);
    }
    Flow.Moved unused = produce(arena, broker, name, arena.scale().bytes());
    if (!arena.isOurs()) {
      Flow.Moved unusedHot = produce(arena, broker, name + HOT, arena.scale().bytes());
    }
    records.put(arena.contender().name(), broker.moveToCold(name).get(0));
  }

  private Flow.Moved produce(Arena arena, Broker broker, String topic, long bytes)
      throws IOException, InterruptedException {
    if (topic.endsWith(HOT)) {
      broker.createTopic(topic, 1, false);
    } else {
      broker.createTieredTopic(topic, 1);
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
    Broker broker = servers.of(arena);
    long count = records.get(arena.contender().name());
    OptionalLong before = broker.storeReads();
    Flow.Moved cold = Flow.fetch(broker, name, 0, count);
    OptionalLong after = broker.storeReads();
    Flow.Moved compared = arena.isOurs() ? cold : Flow.fetch(broker, name + HOT, 0, count);
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.rate(name, cold.bytes(), cold.nanos()));
    figures.add(Figure.rate(name + HOT, compared.bytes(), compared.nanos()));
    if (before.isPresent() && after.isPresent()) {
      double requests = (after.getAsLong() - before.getAsLong()) * GB / cold.bytes();
      figures.add(new Figure(name + "-requests-per-gb", requests, Unit.REQUESTS));
    }
    return figures;
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    servers.close(arena);
  }
}
