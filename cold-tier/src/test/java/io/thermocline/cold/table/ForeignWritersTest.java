package io.thermocline.cold.table;

import java.nio.file.Path;

/** Other engines' changes with the warehouse on local disk. */
final class ForeignWritersTest extends ForeignWriters {
  @Override
  TestWarehouse open(Path home) {
    return new TestWarehouse(home);
  }
}
