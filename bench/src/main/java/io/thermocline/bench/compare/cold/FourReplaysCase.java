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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Four consumers replay a partition each out of the colder tier, beside one alone. */
record FourReplaysCase(String name, TieredServers servers, Map<String, List<Long>> records)
    implements Case {
  private static final int CONSUMERS = 4;
  private static final int RECORD_BYTES = 1024;

  FourReplaysCase(String name) {
    this(name, new TieredServers(name, ColdStore.DIRECTORY, Map.of()), new HashMap<>());
  }

  @Override
  public String description() {
    return "four partitions replayed at once out of the colder tier; -one is one of them alone,"
        + " -scale how many times that all four are";
  }

  @Override
  public void prepare(Arena arena) throws IOException, InterruptedException {
    Broker broker = servers.start(arena);
    broker.createTieredTopic(name, CONSUMERS);
    Flow.Moved unused =
        Flow.produce(
            broker,
            name,
            CONSUMERS,
            Values.ofSize(RECORD_BYTES),
            CONSUMERS * arena.scale().bytes() / 2,
            SenderProfile.THROUGHPUT,
            Compression.NONE);
    records.put(arena.contender().name(), broker.moveToCold(name));
    List<Figure> unusedWarmUp = measure(arena);
  }

  @Override
  public List<Figure> measure(Arena arena) {
    Flow.Moved one = fetch(arena, 0);
    ExecutorService threads = Executors.newFixedThreadPool(CONSUMERS);
    try {
      long start = System.nanoTime();
      List<CompletableFuture<Flow.Moved>> all = new ArrayList<>();
      for (int number = 0; number < CONSUMERS; number++) {
        int partition = number;
        all.add(CompletableFuture.supplyAsync(() -> fetch(arena, partition), threads));
      }
      long bytes = all.stream().mapToLong(moved -> moved.join().bytes()).sum();
      Figure alone = Figure.rate(name + "-one", one.bytes(), one.nanos());
      Figure four = Figure.rate(name, bytes, System.nanoTime() - start);
      return List.of(
          four, alone, new Figure(name + "-scale", four.value() / alone.value(), Unit.TIMES));
    } finally {
      threads.shutdown();
    }
  }

  private Flow.Moved fetch(Arena arena, int partition) {
    long count = records.get(arena.contender().name()).get(partition);
    return Flow.fetch(servers.of(arena), name, partition, count);
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    servers.close(arena);
  }
}
