package io.thermocline.hot;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.GroupOffsets;
import io.thermocline.model.HotTier;
import io.thermocline.model.TopicRegistry;
import io.thermocline.testkit.GroupOffsetsContract;
import io.thermocline.testkit.HotTierContract;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.TopicRegistryContract;
import java.nio.file.Path;
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
