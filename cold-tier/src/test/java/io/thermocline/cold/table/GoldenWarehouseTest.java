package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.RecoverableTopic;
import io.thermocline.cold.RecoverableWarehouse;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.S3Server;
import io.thermocline.testkit.StoredRecord;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A warehouse as its first format has it: owner file, topic record, and a table of four commits, in
 * a bucket, as a table's files name each other by their whole address. The files must never be made
 * anew: what comes later has to read them.
 */
class GoldenWarehouseTest implements ColdTierSubject {
  private static final String BUCKET = "golden-v1";
  private static final UUID CLUSTER = UUID.fromString("6a33c46a-2f60-4610-b527-29a5b7c9f9c7");
  private static final TopicId TOPIC =
      new TopicId(UUID.fromString("0b5e1f4e-7a55-4b69-9a3c-1f5d9d0c2a11"), "web.orders");
  private static final List<StoredRecord> ODD = Records.odd(0);
  private static final List<StoredRecord> PLAIN = Records.plain(ODD.size(), 10);
  private static final List<StoredRecord> GAPPED = List.of(Records.plain(5, 1).get(0));

  /** What was known of the topic beside its table. */
  private static final TopicNote NOTE =
      new TopicNote(
          new Topic(TOPIC, 2, Instant.parse("2026-11-01T00:00:00Z")),
          Map.of("tiering.enabled", "true"),
          Map.of(0, new TopicNote.Mark(2, 40, 1, 7), 1, new TopicNote.Mark(0, 9, 0, 0)));

  @TempDir Path directory;
  private S3Server server;
  private TestWarehouse warehouse;
  private ColdTier cold;

  @BeforeEach
  void copy() throws IOException, URISyntaxException {
    server = S3Server.start();
    server.createBucket(BUCKET);
    StoreSettings settings = TestWarehouse.inBucket(server, BUCKET);
    warehouse = new TestWarehouse(directory, settings, CLUSTER);
    Path golden = Path.of(getClass().getResource("/golden/warehouse-v1").toURI());
    try (ObjectStore store = ObjectStores.open(settings, warehouse.registry, warehouse.clock);
        Stream<Path> paths = Files.walk(golden)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        store.put(golden.relativize(path).toString(), Files.readAllBytes(path));
      }
    }
  }

  @AfterEach
  void close() {
    warehouse.close();
    server.close();
  }

  @Override
  public ColdTier cold() {
    return cold;
  }

  @Test
  void itsRecordLeadsARecoveryToTheTable() {
    RecoverableWarehouse found = warehouse.look(directory.resolve("lost"));

    assertThat(found.unreadable()).isEmpty();
    assertThat(found.topics()).hasSize(1);
    RecoverableTopic topic = found.topics().get(0);
    assertThat(topic.problem()).isEmpty();
    assertThat(topic.remarks()).isEmpty();
    assertThat(topic.note()).isEqualTo(NOTE);
    assertThat(topic.noter()).isEqualTo(CLUSTER);
    assertThat(topic.table().orElseThrow().partition(0).tieredTo()).isEqualTo(29);
  }

  @Test
  void itsProgressAndRecordsAreReadAndMoreCanBeTiered() {
    warehouse.register(TOPIC, metadata());
    cold = warehouse.start().cold();

    ColdPartition first = partition(TOPIC.partition(0));
    assertThat(new OffsetRange(first.logStart(), first.tieredTo()))
        .isEqualTo(new OffsetRange(2, 29));
    assertThat(first.problem()).isEmpty();
    assertThat(first.files()).extracting(file -> file.span().range().from()).contains(0L, 19L);
    assertThat(readAll(TOPIC.partition(0), 2, 1 << 20))
        .containsExactlyElementsOf(Stream.concat(ODD.stream().skip(2), PLAIN.stream()).toList());
    ColdPartition second = partition(TOPIC.partition(1));
    assertThat(second.tieredTo()).isEqualTo(9);
    assertThat(second.lost()).containsExactly(new OffsetRange(7, 9));
    assertThat(readAll(TOPIC.partition(1), 0, 1 << 20)).isEqualTo(GAPPED);
    assertThat(tier(TOPIC.partition(0), Records.plain(29, 5)).partition(0).tieredTo())
        .isEqualTo(34);
  }

  @Test
  void itsPropertiesAndSummaryAreThoseOfTheDocumentedFormat() {
    warehouse.register(TOPIC, metadata());
    Table table = warehouse.foreign(TOPIC);

    assertThat(table.properties())
        .containsEntry("thermocline.format", "1")
        .containsEntry("thermocline.topic", "web.orders")
        .containsEntry("thermocline.topic-id", TOPIC.uuid().toString())
        .containsEntry("thermocline.owner-epoch", "1")
        .containsEntry("thermocline.p.0", "2..29")
        .containsEntry("thermocline.p.1", "0..9;lost=7-9")
        .containsKeys("thermocline.commit", "thermocline.check");
    assertThat(table.currentSnapshot().summary())
        .containsEntry("thermocline.commit-id", table.properties().get("thermocline.commit"))
        .containsEntry("thermocline.moved", "0:29-29");
  }

  private static String metadata() {
    return "s3://golden-v1/lake/lake/web_orders-0b5e1f4e/metadata/"
        + "00004-cf599a73-4707-42aa-a64b-c7df17c12e00.metadata.json";
  }
}
