package io.thermocline.bench.compare;

import java.util.List;

/** How soon a record is acknowledged when each goes to another partition. */
record ManyPartitionsLatencyCase(String name, int partitions) implements Case {
  @Override
  public String description() {
    return "acknowledgement, 10,000 records/s of 1 KiB over " + partitions + " partitions";
  }

  @Override
  public void prepare(Arena arena) {
    arena.broker().createTopic(name, partitions, false);
  }

  @Override
  public List<Figure> measure(Arena arena) throws InterruptedException {
    Latencies acknowledged = new Latencies();
    new PacedLoad(name, partitions, SenderProfile.MANY_PARTITIONS, arena.scale().latencySeconds())
        .run(arena.broker(), acknowledged);
    return acknowledged.percentiles(name);
  }

  @Override
  public void cleanUp(Arena arena) {
    arena.broker().deleteTopic(name);
  }
}
