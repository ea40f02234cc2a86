package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.io.IOException;
import java.util.List;

/** Produces the sample stream in compressed batches. */
record CompressedCase(String name, Compression compression) implements Case {
  @Override
  public String description() {
    return "produce the earthquake stream in " + compression + " batches to one partition";
  }

  @Override
  public List<Figure> measure(Arena arena) throws IOException, InterruptedException {
    String topic = arena.newTopic(name);
    arena.broker().createTopic(topic, 1, false);
    Flow.Moved moved =
        Flow.produce(
            arena.broker(),
            topic,
            1,
            Values.earthquakes(arena.home()),
            arena.scale().bytes(),
            SenderProfile.THROUGHPUT,
            compression);
    arena.broker().deleteTopic(topic);
    return List.of(Figure.rate(name, moved.bytes(), moved.nanos()));
  }
}
