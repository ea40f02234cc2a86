package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Arena;
import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.Case;
import io.thermocline.bench.compare.Figure;
import io.thermocline.bench.compare.Flow;
import io.thermocline.bench.compare.Latencies;
import io.thermocline.bench.compare.RecordSeeker;
import io.thermocline.bench.compare.SenderProfile;
import io.thermocline.bench.compare.Values;
import io.thermocline.model.Compression;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Single records at random offsets, and at random times, out of the colder tier. Nothing is cached:
 * the servers were started anew, ours may keep 32 MiB of it, and the platform forgot the files. How
 * to read is known to both by reading elsewhere first.
 */
final class RandomReadCase implements Case {
  private static final int RECORD_BYTES = 1024;
  private static final long SEED = 42;

  /** Records come at an uneven pace: the last times might lie past the last cold record. */
  private static final double TIMES_PART = 0.9;

  /** Read to get warm. */
  private static final String ELSEWHERE = "-elsewhere";

  private final String name;
  private final ColdStore store;
  private final TieredServers servers;
  private final Map<String, Cold> cold = new HashMap<>();

  /**
   * What lies in the colder tier of a side.
   *
   * @param records so many of the topic's first ones
   * @param elsewhere so many of the other topic's
   * @param first time of a record
   * @param millis of the records from there on
   */
  private record Cold(long records, long elsewhere, Instant first, long millis) {}

  /** Reads one record of the topic. */
  private interface Read {
    void one(RecordSeeker seeker, Cold there);
  }

  RandomReadCase(String name, ColdStore store) {
    this.name = name;
    this.store = store;
    this.servers = new TieredServers(name, store, Map.of("cold.memory", "32MiB"));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return "p99 of single records at random offsets and times out of the colder tier, uncached, ours"
        + " in "
        + store.description();
  }

  @Override
  public void prepare(Arena arena) throws IOException, InterruptedException {
    Broker broker = servers.start(arena);
    produce(broker, name + ELSEWHERE, arena.scale().bytes() / 4);
    Instant first = Instant.now();
    produce(broker, name, arena.scale().bytes());
    Instant last = Instant.now();
    long elsewhere = broker.moveToCold(name + ELSEWHERE).get(0);
    long records = broker.moveToCold(name).get(0);
    // The peer's newest segment stays: times of what is cold are those of its part of the records.
    double part = (double) records * RECORD_BYTES / arena.scale().bytes();
    long millis = (long) (Duration.between(first, last).toMillis() * part * TIMES_PART);
    cold.put(arena.contender().name(), new Cold(records, elsewhere, first, millis));
  }

  private static void produce(Broker broker, String topic, long bytes) throws InterruptedException {
    broker.createTieredTopic(topic, 1);
    Flow.Moved unused =
        Flow.produce(
            broker,
            topic,
            1,
            Values.ofSize(RECORD_BYTES),
            bytes,
            SenderProfile.THROUGHPUT,
            Compression.NONE);
  }

  @Override
  public List<Figure> measure(Arena arena) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    Random random = new Random(SEED);
    figures.addAll(
        timed(
            arena,
            name + "-offset",
            (seeker, there) -> seeker.read(random.nextLong(there.records()))));
    figures.addAll(
        timed(
            arena,
            name + "-timestamp",
            (seeker, there) ->
                seeker.read(there.first().plusMillis(random.nextLong(there.millis())))));
    return figures;
  }

  private List<Figure> timed(Arena arena, String figure, Read read)
      throws IOException, InterruptedException {
    Cold there = cold.get(arena.contender().name());
    Broker broker = servers.restart(arena);
    int reads = arena.scale().randomReads();
    warmUp(broker, there, reads);
    PageCache.forget(servers.directory(arena));
    PageCache.forget(servers.objects(arena));
    Latencies latencies = new Latencies();
    Requests requests = new Requests(broker);
    try (RecordSeeker seeker = broker.seeker(name, 0)) {
      for (int i = 0; i < reads; i++) {
        long start = System.nanoTime();
        read.one(seeker, there);
        latencies.add(System.nanoTime() - start);
        requests.afterOne();
      }
    }
    List<Figure> figures = new ArrayList<>();
    figures.add(latencies.percentile(figure + "-p50", 50));
    figures.add(latencies.percentile(figure + "-p99", 99));
    figures.addAll(requests.figures(figure));
    return figures;
  }

  private void warmUp(Broker broker, Cold there, int reads) {
    Random random = new Random(SEED + 1);
    try (RecordSeeker seeker = broker.seeker(name + ELSEWHERE, 0)) {
      for (int i = 0; i < reads; i++) {
        seeker.read(random.nextLong(there.elsewhere()));
      }
    }
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    servers.close(arena);
  }
}
