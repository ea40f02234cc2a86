package io.thermocline.bench.compare;

import java.util.List;

/**
 * What a consumer at the end of a topic sees of its records, alone and beside a replay.
 *
 * @param name what its figures begin with
 * @param topic has one partition
 */
public record TailBeside(String name, String topic) {
  private static final double PERCENT = 99;

  /**
   * Measures both.
   *
   * @param replayed the topic that is replayed, its first {@code records}
   */
  public List<Figure> measure(Arena arena, Broker broker, String replayed, long records)
      throws InterruptedException {
    Figure idle = tail(arena, broker, name + "-idle-p99");
    Replays replays = Replays.start(broker, replayed, records);
    Figure beside;
    try {
      beside = tail(arena, broker, name + "-replay-p99");
    } finally {
      replays.stop();
    }
    double compared = arena.isOurs() ? beside.value() : idle.value();
    return List.of(
        idle, beside, new Figure(name + "-replay-vs-idle-p99", compared, Unit.MILLISECONDS));
  }

  private Figure tail(Arena arena, Broker broker, String figure) throws InterruptedException {
    PacedLoad load = new PacedLoad(topic, 1, SenderProfile.LATENCY, arena.scale().latencySeconds());
    Latencies received = new Latencies();
    TailReader reader = TailReader.start(broker, topic, load.records(), received);
    load.run(broker, new Latencies());
    reader.await();
    return received.percentile(figure, PERCENT);
  }
}
