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
import java.util.List;
import java.util.Map;

/**
 * Produces to a topic that is tiered meanwhile, as fast as both go, beside one that is not.
 *
 * @param servers with a commit each second or so, or hardly any would fall into a turn
 */
record ProduceWhileTieringCase(String name, TieredServers servers) implements Case {
  private static final int RECORD_BYTES = 1024;
  private static final Map<String, String> OFTEN =
      Map.of("tiering.checkInterval", "1s", "tiering.commitInterval", "1s");

  ProduceWhileTieringCase(String name) {
    this(name, new TieredServers(name, ColdStore.DIRECTORY, OFTEN));
  }

  @Override
  public String description() {
    return "produce 1 KiB records to a topic that is tiered meanwhile; -alone is to one that is not,"
        + " -kept the part that was tiered by the time all was produced";
  }

  @Override
  public void prepare(Arena arena) throws IOException, InterruptedException {
    Broker unusedBroker = servers.start(arena);
    List<Figure> unusedWarmUp = measure(arena);
  }

  @Override
  public List<Figure> measure(Arena arena) throws InterruptedException {
    Broker broker = servers.of(arena);
    String alone = arena.newTopic(name + "-alone");
    broker.createTopic(alone, 1, false);
    Flow.Moved undisturbed = produce(arena, broker, alone);
    broker.deleteTopic(alone);
    String tiered = arena.newTopic(name);
    broker.createRollingTopic(tiered);
    Flow.Moved moved = produce(arena, broker, tiered);
    double kept = 1 - (double) broker.untiered(tiered) / moved.records();
    if (arena.isOurs()) {
      // Or the topic would go while it is being tiered, and the server would say so.
      var unusedRest = broker.moveToCold(tiered);
    }
    broker.deleteTopic(tiered);
    Figure rate = Figure.rate(name, moved.bytes(), moved.nanos());
    Figure rateAlone = Figure.rate(name + "-alone", undisturbed.bytes(), undisturbed.nanos());
    return List.of(
        rate,
        rateAlone,
        new Figure(name + "-vs-alone", rate.value() / rateAlone.value(), Unit.TIMES),
        new Figure(name + "-kept", kept, Unit.TIMES));
  }

  private static Flow.Moved produce(Arena arena, Broker broker, String topic)
      throws InterruptedException {
    return Flow.produce(
        broker,
        topic,
        1,
        Values.ofSize(RECORD_BYTES),
        2 * arena.scale().bytes(),
        SenderProfile.THROUGHPUT,
        Compression.NONE);
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    servers.close(arena);
  }
}
