package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A catalog that was lost, or is older than the warehouse, is no reason to begin again. */
final class LostCatalogTest extends OnWarehouse {
  private static final TableIdentifier TABLE = TableIdentifier.of("lake", "web_orders");

  @BeforeEach
  void tier() {
    tier(id, Records.plain(0, 10));
  }

  @Test
  void aLostCatalogIsSaidAndNothingBeginsAgain() throws IOException {
    List<Path> files = stopAndList();
    removeDatabase();
    node = warehouse.start();

    assertAllRefused();
    assertThat(warehouse.files("")).containsAll(files);
  }

  @Test
  void aTableDroppedByAnotherIsSaidAndComesBackByRegisteringIt() {
    Path newest = warehouse.files(".metadata.json").get(1);
    warehouse.start().catalog().dropTable(TABLE, false);
    warehouse.clock.advance(TestWarehouse.MAX_VIEW_AGE);

    assertAllRefused();

    node.catalog().registerTable(TABLE, "file://" + newest);
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
    tier(id, Records.plain(10, 10));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
  }

  @Test
  void aPurgeDeletesWhatALostCatalogHad() throws IOException {
    tier(id, Records.plain(10, 10));
    node.cold().close();
    removeDatabase();
    node = warehouse.start();

    cold().purge(id.topic());

    assertThat(warehouse.files("")).isEmpty();
  }

  @Test
  void aCatalogOlderThanTheWarehouseIsSaid() throws IOException {
    node.cold().close();
    Path copy = directory.resolve("backup.db");
    Files.copy(warehouse.database(), copy);
    node = warehouse.start();
    tier(id, Records.plain(10, 10));
    tier(id, Records.plain(20, 10));
    List<Path> files = stopAndList();
    removeDatabase();
    Files.copy(copy, warehouse.database(), StandardCopyOption.REPLACE_EXISTING);
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    warehouse.clock.advance(Duration.ofHours(1));

    assertAllRefused();
    assertThat(warehouse.files("")).containsAll(files);
  }

  @Test
  void whatFailedCommitsLeaveBehindProvesNothing() {
    node.catalog().throwInsteadOfCommit(new CommitFailedException("conflict"));
    tier(id, Records.plain(10, 10));
    node.cold().close();
    node = warehouse.start();

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
  }

  private void assertAllRefused() {
    assertThatThrownBy(() -> cold().topic(id.topic()))
        .hasMessageContaining("lake.web_orders")
        .hasMessageContaining(".metadata.json");
    Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(cold().read(id, 0, 100)).isNull());
    Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(cold().maintain(id.topic())).isFalse());
    Await.throwsKind(
        ErrorKind.CORRUPT,
        () ->
            commit(
                id,
                ColdTierSubject.move(
                    id, 0, 10, write(id, new OffsetRange(0, 10), Records.plain(0, 10)))));
  }

  private List<Path> stopAndList() {
    node.cold().close();
    return warehouse.files("");
  }

  private void removeDatabase() throws IOException {
    for (String suffix : new String[] {"", "-wal", "-shm"}) {
      Files.deleteIfExists(Path.of(warehouse.database() + suffix));
    }
  }
}
