package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.util.List;

/** Small records to many partitions as fast as they go. */
record ManyPartitionsCase(String name, int partitions) implements Case {
  private static final int RECORD_BYTES = 100;

  @Override
  public String description() {
    return "produce 100 B records over " + partitions + " partitions, batches of 16 KiB";
  }

  @Override
  public void prepare(Arena arena) {
    arena.broker().createTopic(name, partitions, false);
  }

  @Override
  public List<Figure> measure(Arena arena) throws InterruptedException {
    Flow.Moved moved =
        Flow.produce(
            arena.broker(),
            name,
            partitions,
            Values.ofSize(RECORD_BYTES),
            arena.scale().smallRecordBytes(),
            SenderProfile.MANY_PARTITIONS,
            Compression.NONE);
    return List.of(
        new Figure(name, moved.records() * 1e9 / moved.nanos(), Unit.RECORDS_PER_SECOND));
  }

  @Override
  public void cleanUp(Arena arena) {
    arena.broker().deleteTopic(name);
  }
}
