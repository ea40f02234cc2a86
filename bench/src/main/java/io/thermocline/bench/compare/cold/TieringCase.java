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
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Hot segments into zstd Parquet, committed and let go of locally, by one thread. There is no peer:
 * Kafka copies files.
 */
record TieringCase(String name, int recordBytes, TieredServers servers) implements Case {
  private static final String WARM_UP = "-warm-up";

  TieringCase(String name, int recordBytes) {
    this(name, recordBytes, new TieredServers(name, ColdStore.DIRECTORY, Map.of()));
  }

  @Override
  public String description() {
    return recordBytes
        + " B records from hot segments into the colder tier; -core is per second of processor time"
        + " of the whole server. Ours alone";
  }

  @Override
  public void prepare(Arena arena) throws IOException, InterruptedException {
    if (arena.isOurs()) {
      Broker broker = servers.start(arena);
      Tiered unused = tier(broker, arena.newTopic(name + WARM_UP), arena.scale().bytes());
    }
  }

  /**
   * What was done.
   *
   * @param cpu of the server meanwhile
   */
  private record Tiered(Flow.Moved produced, long nanos, Duration cpu) {}

  private Tiered tier(Broker broker, String topic, long bytes) throws InterruptedException {
    broker.createTieredTopic(topic, 1);
    Flow.Moved produced =
        Flow.produce(
            broker,
            topic,
            1,
            Values.ofSize(recordBytes),
            bytes,
            SenderProfile.THROUGHPUT,
            Compression.NONE);
    Duration before = broker.cpuTime();
    long start = System.nanoTime();
    long moved = broker.moveToCold(topic).get(0);
    long nanos = System.nanoTime() - start;
    Duration cpu = broker.cpuTime().minus(before);
    broker.deleteTopic(topic);
    if (moved != produced.records()) {
      throw new IllegalStateException(moved + " of " + produced.records() + " records were moved");
    }
    return new Tiered(produced, nanos, cpu);
  }

  @Override
  public List<Figure> measure(Arena arena) throws InterruptedException {
    if (!arena.isOurs()) {
      return List.of();
    }
    Tiered tiered = tier(servers.of(arena), arena.newTopic(name), arena.scale().bytes());
    long records = tiered.produced().records();
    long bytes = tiered.produced().bytes();
    return List.of(
        Figure.rate(name, bytes, tiered.nanos()),
        Figure.rate(name + "-core", bytes, tiered.cpu().toNanos()),
        new Figure(
            name + "-core-records",
            records * 1e9 / tiered.cpu().toNanos(),
            Unit.RECORDS_PER_SECOND));
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    servers.close(arena);
  }
}
