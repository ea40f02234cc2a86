package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.RecoverableTopic;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines have names of their own for the same file: it is live by whichever it is named. */
final class OtherNamesTest extends OtherEngineSuite {
  private static final Duration LONG_AGO = TestWarehouse.SAFE_AGE.plusHours(1);

  @Test
  void filesThatASnapshotNamesAsHadoopDoesAreNoOrphans() {
    nameMetadataAsHadoopDoes();
    engine = new OtherEngine(table(), OtherEngine::asHadoopDoes);
    rewrite(engine.dataFiles(0), engine.dataFile(0, records));
    expireCopies();
    Set<Path> named = named();
    assertThat(table().currentSnapshot().manifestListLocation())
        .startsWith("file:/")
        .doesNotStartWith("file://");
    warehouse.files("").forEach(file -> TestWarehouse.age(file, LONG_AGO));

    assertThat(cold().maintain(id.topic())).isTrue();

    assertThat(named).allSatisfy(file -> assertThat(file).exists());
    assertThat(named()).allSatisfy(file -> assertThat(file).exists());
    node = warehouse.start();
    assertWell(records);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatUpkeepTakesIsNeverWhatTheNewestSnapshotNames(boolean asHadoopDoes) {
    node.cold().close();
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    UnaryOperator<String> naming =
        asHadoopDoes ? OtherEngine::asHadoopDoes : UnaryOperator.identity();
    if (asHadoopDoes) {
      nameMetadataAsHadoopDoes();
    }
    List<Path> first = warehouse.files(".parquet");
    assertThat(first).isNotEmpty();
    List<StoredRecord> left = records;
    for (int round = 0; round < 4; round++) {
      engine = new OtherEngine(table(), naming);
      rewrite(engine.dataFiles(0), engine.dataFile(0, left));
      upkeep(left);
      String file = engine.dataFiles(0).get(0).location();
      table().newRowDelta().addDeletes(engine.positionDeletes(0, file, 2)).commit();
      left = without(left, left.get(2).offset());
      upkeep(left);
      table().newDelete().deleteFile(engine.dataFiles(0).get(0).location()).commit();
      left = List.of();
      upkeep(left);
      List<StoredRecord> next = Records.plain(partition(id).tieredTo(), 20);
      tier(id, next);
      left = next;
      upkeep(left);
    }
    assertThat(first).as("taken, as nothing names them").noneMatch(Files::exists);
  }

  @Test
  void aTableWhoseMetadataIsNamedAsHadoopDoesIsFoundWithoutItsCatalog() {
    nameMetadataAsHadoopDoes();
    tier(id, Records.plain(40, 5));
    assertThat(cold().confirmed(id.topic())).isPresent();
    String metadata = metadata();
    assertThat(metadata).startsWith("file:/").doesNotStartWith("file://");

    for (Path data : List.of(directory, directory.resolve("lost"))) {
      RecoverableTopic found = warehouse.look(data).topics().get(0);
      assertThat(found.problem()).isEmpty();
      assertThat(found.remarks()).isEmpty();
      assertThat(found.table().orElseThrow().partition(0).files()).hasSize(4);
    }
  }

  /** All of the table's metadata, ours too, is named so from the next commit on. */
  private void nameMetadataAsHadoopDoes() {
    Table table = table();
    table
        .updateProperties()
        .set(
            TableProperties.WRITE_METADATA_LOCATION,
            OtherEngine.asHadoopDoes(table.location()) + "/metadata")
        .commit();
    expireCopies();
  }

  private void upkeep(List<StoredRecord> left) {
    for (int i = 0; i < 3; i++) {
      warehouse.clock.advance(Duration.ofMinutes(10));
      boolean unused = cold().maintain(id.topic());
      assertThat(named()).allSatisfy(file -> assertThat(file).exists());
    }
    node = warehouse.start(TestWarehouse.NO_SAFE_AGE);
    assertThat(partition(id).problem()).isEmpty();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(left);
  }

  private String metadata() {
    return ((BaseTable) table()).operations().current().metadataFileLocation();
  }

  /** What the table's newest snapshot needs, and the metadata file that has it. */
  private Set<Path> named() {
    Table table = table();
    Snapshot now = table.currentSnapshot();
    Set<Path> named = new TreeSet<>();
    named.add(path(metadata()));
    named.add(path(now.manifestListLocation()));
    for (ManifestFile manifest : now.allManifests(table.io())) {
      named.add(path(manifest.path()));
    }
    engine.dataFiles(0).forEach(file -> named.add(path(file.location())));
    return named;
  }

  private static Path path(String location) {
    return Path.of(location.replaceFirst("^file:(//)?", ""));
  }
}
