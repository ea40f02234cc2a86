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
import java.util.List;

/**
 * What is kept of the earthquake stream: Parquet of ours, beside the log of a Kafka whose producer
 * compresses with zstd and has its default batches of 16 KiB.
 */
record ColdBytesCase(String name) implements Case {
  @Override
  public String description() {
    return "bytes kept of the earthquake stream: our Parquet, the peer's log with zstd batches of 16"
        + " KiB";
  }

  @Override
  public List<Figure> measure(Arena arena) throws IOException, InterruptedException {
    Broker broker = arena.broker();
    String topic = arena.newTopic(name);
    if (arena.isOurs()) {
      broker.createTieredTopic(topic, 1);
    } else {
      broker.createTopic(topic, 1, false);
    }
    try {
      Flow.Moved unused =
          Flow.produce(
              broker,
              topic,
              1,
              Values.earthquakes(arena.home()),
              arena.scale().bytes() / 4,
              SenderProfile.MANY_PARTITIONS,
              Compression.ZSTD);
      if (arena.isOurs()) {
        var unusedMoved = broker.moveToCold(topic);
      }
      return List.of(new Figure(name, broker.bytesKept(topic) / 1e6, Unit.MEGABYTES));
    } finally {
      broker.deleteTopic(topic);
    }
  }
}
