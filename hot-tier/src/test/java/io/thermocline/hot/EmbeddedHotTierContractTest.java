package io.thermocline.hot;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.producers.LogId;
import io.thermocline.hot.producers.ProducerBatch;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.hot.producers.ProducerNote;
import io.thermocline.hot.producers.ProducersFile;
import io.thermocline.model.GroupOffsets;
import io.thermocline.model.HotTier;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.testkit.GroupOffsetsContract;
import io.thermocline.testkit.HotTierContract;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.TopicRegistryContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The embedded hot tier keeps every promise of its ports. */
class EmbeddedHotTierContractTest
    implements HotTierContract, TopicRegistryContract, GroupOffsetsContract {
  private final ManualClock clock = ManualClock.start();
  @TempDir Path directory;
  private EmbeddedHotTier hot;

  @BeforeEach
  void open() {
    HotSettings settings = HotSettings.in(directory).withMinFreeBytes(0);
    hot = EmbeddedHotTier.open(settings, clock, new SimpleMeterRegistry());
  }

  /** Gives the stopped tier a note that says so. */
  @Override
  public void producerReached(TopicPartition id, ProducerSequence next) {
    long end = appendPlain(id, 1);
    hot.close();
    ProducerBatch last =
        new ProducerBatch(
            next.producerId(), next.epoch(), next.baseSequence() - 1, 0, 0, 0, clock.millis());
    ProducerNote note = new ProducerNote(LogId.of(id), 0, end, 0, 0, List.of(last));
    try (ProducersFile file =
        new ProducersFile(
            new LocalDisk(),
            directory.resolve("producers"),
            ProducerLimits.defaults(),
            () -> Set.of(id.topic().uuid()))) {
      file.store(List.of(note));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  @Override
  public HotTier hot() {
    return hot;
  }

  @Override
  public TopicRegistry topics() {
    return hot.topics();
  }

  @Override
  public GroupOffsets groups() {
    return hot.groupOffsets();
  }

  @Override
  public ManualClock clock() {
    return clock;
  }
}
