package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.ColdTierSubject;
import java.net.URI;
import java.nio.file.Path;
import org.apache.iceberg.Table;
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

  /** Upkeep of the topic's table, until there is nothing left to do. */
  void maintain() {
    int pieces = 0;
    while (cold().maintain(id.topic())) {
      pieces++;
      assertThat(pieces).isLessThan(100);
    }
  }

  /** The topic's table as another engine opens it. */
  Table table() {
    return warehouse.foreign(id.topic());
  }

  static Path path(ColdFile file) {
    return Path.of(URI.create(file.location()));
  }
}
