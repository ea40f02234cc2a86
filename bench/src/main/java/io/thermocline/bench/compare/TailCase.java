package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.util.List;

/** Whether a consumer at the end feels another one that replays the same partition. */
record TailCase(String name) implements Case {
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
    return new TailBeside(name, name)
        .measure(arena, arena.broker(), name, arena.scale().bytes() / PacedLoad.RECORD_BYTES);
  }

  @Override
  public void cleanUp(Arena arena) {
    arena.broker().deleteTopic(name);
  }
}
