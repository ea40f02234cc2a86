package io.thermocline.cold.table;

import io.thermocline.model.ColdTier;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.ColdTierSubject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the suites have that put one topic into a warehouse of their own and then disturb it. */
abstract class OnWarehouse implements ColdTierSubject {
  @TempDir Path directory;
  TestWarehouse warehouse;

  /** The process whose cold tier is tested; another one once it restarted. */
  TestWarehouse.Node node;

  /** Partition 0 of the topic. */
  TopicPartition id;

  /** An empty warehouse below {@code home}. */
  TestWarehouse open(Path home) {
    return new TestWarehouse(home);
  }

  @BeforeEach
  final void openWarehouse() {
    warehouse = open(directory);
    node = warehouse.start();
    id = newPartition();
  }

  @AfterEach
  final void closeWarehouse() {
    warehouse.close();
  }

  @Override
  public ColdTier cold() {
    return node.cold();
  }

  /** What was seen of the table is too old to be used. */
  void expireCopies() {
    warehouse.clock.advance(TestWarehouse.MAX_VIEW_AGE);
  }
}
