package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Arena;
import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.Case;
import io.thermocline.bench.compare.Figure;
import io.thermocline.bench.compare.Flow;
import io.thermocline.bench.compare.PacedLoad;
import io.thermocline.bench.compare.SenderProfile;
import io.thermocline.bench.compare.TailBeside;
import io.thermocline.bench.compare.Values;
import io.thermocline.model.Compression;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether a consumer at the end of one topic feels a replay of another out of the colder tier. */
record ColdTailCase(String name, TieredServers servers, Map<String, Long> records) implements Case {
  /** The topic with the tail. */
  private static final String FRESH = "-fresh";

  ColdTailCase(String name) {
    this(name, new TieredServers(name, ColdStore.DIRECTORY, Map.of()), new HashMap<>());
  }

  @Override
  public String description() {
    return "end to end p99 at 10,000 records/s of 1 KiB, alone and while another topic is replayed"
        + " out of the colder tier; -vs-idle is ours under the replay beside the peer's alone";
  }

  @Override
  public void prepare(Arena arena) throws IOException, InterruptedException {
    Broker broker = servers.start(arena);
    broker.createTopic(name + FRESH, 1, false);
    broker.createTieredTopic(name, 1);
    Flow.Moved unused =
        Flow.produce(
            broker,
            name,
            1,
            Values.ofSize(PacedLoad.RECORD_BYTES),
            arena.scale().bytes(),
            SenderProfile.THROUGHPUT,
            Compression.NONE);
    long cold = broker.moveToCold(name).get(0);
    records.put(arena.contender().name(), cold);
    Flow.Moved unusedWarmUp = Flow.fetch(broker, name, 0, cold);
  }

  @Override
  public List<Figure> measure(Arena arena) throws InterruptedException {
    return new TailBeside(name, name + FRESH)
        .measure(arena, servers.of(arena), name, records.get(arena.contender().name()));
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    servers.close(arena);
  }
}
