package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.util.List;

/** Whether a consumer at the end feels another one that replays the same partition. */
record TailCase(String name) implements Case {
  private static final double PERCENT = 99;

  @Override
  public String description() {
    return "end to end p99 at 10,000 records/s of 1 KiB, alone and while another consumer replays;"
        + " -vs-idle is ours under the replay beside the peer's alone";
  }

  @Override
  public void prepare(Arena arena) throws InterruptedException {
    arena.broker().createTopic(name, 1, false);
    Flow.Moved unused =
        Flow.produce(
            arena.broker(),
            name,
            1,
            Values.ofSize(PacedLoad.RECORD_BYTES),
            arena.scale().bytes(),
            SenderProfile.THROUGHPUT,
            Compression.NONE);
  }

  @Override
  public List<Figure> measure(Arena arena) throws InterruptedException {
    Figure idle = tail(arena, name + "-idle-p99");
    Replays replays =
        Replays.start(arena.broker(), name, arena.scale().bytes() / PacedLoad.RECORD_BYTES);
    Figure replayed;
    try {
      replayed = tail(arena, name + "-replay-p99");
    } finally {
      replays.stop();
    }
    double compared = arena.isOurs() ? replayed.value() : idle.value();
    return List.of(
        idle, replayed, new Figure(name + "-replay-vs-idle-p99", compared, Unit.MILLISECONDS));
  }

  private Figure tail(Arena arena, String figure) throws InterruptedException {
    PacedLoad load = new PacedLoad(name, 1, SenderProfile.LATENCY, arena.scale().latencySeconds());
    Latencies received = new Latencies();
    TailReader reader = TailReader.start(arena.broker(), name, load.records(), received);
    load.run(arena.broker(), new Latencies());
    reader.await();
    return received.percentile(figure, PERCENT);
  }

  @Override
  public void cleanUp(Arena arena) {
    arena.broker().deleteTopic(name);
  }
}
