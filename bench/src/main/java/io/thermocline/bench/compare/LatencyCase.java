package io.thermocline.bench.compare;

import java.util.ArrayList;
import java.util.List;

/** How soon a record is acknowledged, and handed to a consumer, at a modest rate. */
record LatencyCase(String name) implements Case {
  @Override
  public String description() {
    return "acknowledgement and end to end, 10,000 records/s of 1 KiB, one partition";
  }

  @Override
  public List<Figure> measure(Arena arena) throws InterruptedException {
    Broker broker = arena.broker();
    String topic = arena.newTopic(name);
    broker.createTopic(topic, 1, false);
    PacedLoad load = new PacedLoad(topic, 1, SenderProfile.LATENCY, arena.scale().latencySeconds());
    Latencies acknowledged = new Latencies();
    Latencies received = new Latencies();
    TailReader tail = TailReader.start(broker, topic, load.records(), received);
    load.run(broker, acknowledged);
    tail.await();
    broker.deleteTopic(topic);
    List<Figure> figures = new ArrayList<>(acknowledged.percentiles(name + "-ack"));
    figures.addAll(received.percentiles(name + "-e2e"));
    return figures;
  }
}
