package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.util.List;

/** Fetches one partition from its start, from local disk or rather the page cache. */
record FetchCase(String name, int recordBytes) implements Case {
  private static final int SMALL = 512;

  @Override
  public String description() {
    return "fetch " + recordBytes + " B records of one partition from the start, hot";
  }

  @Override
  public void prepare(Arena arena) throws InterruptedException {
    arena.broker().createTopic(name, 1, false);
    Flow.Moved unusedProduced =
        Flow.produce(
            arena.broker(),
            name,
            1,
            Values.ofSize(recordBytes),
            bytes(arena),
            SenderProfile.THROUGHPUT,
            Compression.NONE);
  }

  @Override
  public List<Figure> measure(Arena arena) {
    long records = bytes(arena) / recordBytes;
    Flow.Moved moved = Flow.fetch(arena.broker(), name, 0, records);
    return List.of(Figure.rate(name, moved.bytes(), moved.nanos()));
  }

  @Override
  public void cleanUp(Arena arena) {
    arena.broker().deleteTopic(name);
  }

  private long bytes(Arena arena) {
    Scale scale = arena.scale();
    return recordBytes < SMALL ? scale.smallRecordBytes() : scale.bytes();
  }
}
