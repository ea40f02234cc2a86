package io.thermocline.bench.compare;

import io.thermocline.model.Compression;
import java.util.List;

/** Produces to one partition as fast as it goes. */
record ProduceCase(String name, int recordBytes, boolean peerForced) implements Case {
  private static final int SMALL = 512;

  @Override
  public String description() {
    return "produce "
        + recordBytes
        + " B records to one partition; ours forced, the peer "
        + (peerForced ? "forced" : "not forced");
  }

  @Override
  public boolean writesToDisk() {
    return true;
  }

  @Override
  public List<Figure> measure(Arena arena) throws InterruptedException {
    Scale scale = arena.scale();
    long bytes = recordBytes < SMALL ? scale.smallRecordBytes() : scale.bytes();
    Broker broker = arena.broker();
    String topic = arena.newTopic(name);
    broker.createTopic(topic, 1, peerForced);
    try {
      Flow.Moved moved =
          Flow.produce(
              broker,
              topic,
              1,
              Values.ofSize(recordBytes),
              bytes,
              SenderProfile.THROUGHPUT,
              Compression.NONE);
      return List.of(Figure.rate(name, moved.bytes(), moved.nanos()));
    } finally {
      broker.deleteTopic(topic);
    }
  }
}
