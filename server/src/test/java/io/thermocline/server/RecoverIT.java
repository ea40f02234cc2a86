package io.thermocline.server;

import static io.thermocline.server.Lake.FIRST_MILLIS;
import static io.thermocline.server.Lake.connect;
import static io.thermocline.server.Lake.onlyPartition;
import static io.thermocline.server.Lake.produce;
import static io.thermocline.server.Lake.read;
import static io.thermocline.server.Lake.sql;
import static io.thermocline.server.Lake.texts;
import static io.thermocline.server.Lake.tier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.Admin;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.record.PartitionName;
import io.thermocline.server.RecoveryPlan.RevivedPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine is gone: what a warehouse alone brings back. */
class RecoverIT {
  private static final long GAP = RecoveryPlan.LEFT_OUT;
  private static final String POLICIES =
      """
      apiVersion: thermocline/v1
      kind: TopicPolicies
      policies:
        - topics: ["local"]
          tiering: { enabled: false }
        - topics: ["*"]
          tiering: { enabled: true, maxLag: 20m }
          retention: { age: 3650d }
      """;

  private static S3Server s3;

  @TempDir Path folder;

  @BeforeAll
  static void startStore() {
    s3 = S3Server.start();
  }

  @AfterAll
  static void stopStore() {
    s3.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "s3", "minio"})
  void whatWasTieredComesBackAndNoOffsetIsUsedTwice(String scheme) throws Exception {
    Lake lake = scheme.equals("file") ? Lake.inFolder(folder) : Lake.inBucket(folder, s3, scheme);
    List<ConsumerRecord> before = liveAndDie(lake);

    RecoveryPlan dry = lake.recovery("new").plan();
    assertThat(folder.resolve("new")).doesNotExist();
    RecoveryPlan done = lake.recovery("new").run(false);

    assertThat(done.topics())
        .extracting(topic -> topic.topic().name())
        .containsExactly("events", "local");
    for (int i = 0; i < 2; i++) {
      assertThat(done.topics().get(i).partitions()).isEqualTo(dry.topics().get(i).partitions());
    }
    List<RevivedPartition> partitions = done.topics().get(0).partitions();
    assertThat(partitions).hasSize(4);
    assertThat(partitions).allMatch(part -> part.goesOnAt() == part.tieredTo() + GAP);
    assertThat(partitions.stream().mapToLong(RevivedPartition::tieredTo).sum()).isEqualTo(1_000);
    assertThat(lake.audit("new")).isEmpty();
    goOn(lake, before);
    assertThat(lake.audit("new")).isEmpty();
  }

  private static List<ConsumerRecord> liveAndDie(Lake lake) throws Exception {
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().applyPolicies(POLICIES);
      var unusedEvents = client.admin().createTopic("events", 3);
      var unusedLocal = client.admin().createTopic("local", 2);
      produce(client, "events", 0, 900);
      tier(client);
      // A topic that is not tiered is noted too, within a second.
      Await.until("both are noted", () -> lake.recovery("look").plan().topics().size() == 2);
      List<ConsumerRecord> before = read(client, Start.earliest());
      assertThat(before).hasSize(900);
      var unusedFourth = client.admin().growTopic("events", 4);
      produce(client, "events", 900, 1_000);
      produce(client, "local", 0, 10);
      tier(client);
      produce(client, "events", 1_000, 1_100);
      return before;
    }
  }

  private static void goOn(Lake lake, List<ConsumerRecord> before) throws Exception {
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(client.admin().policiesInForce().yaml()).isEqualTo(POLICIES);
      List<ConsumerRecord> after = read(client, Start.earliest());
      assertThat(after).hasSize(1_000);
      assertThat(texts(after)).containsAll(texts(before));
      produce(client, "events", 2_000, 2_300);
      produce(client, "local", 50, 60);
      assertThat(read(client, Start.earliest())).hasSize(1_300);
      tier(client);
      List<ConsumerRecord> all = read(client, Start.earliest());
      assertThat(texts(all)).hasSize(1_300).containsAll(texts(after)).doesNotHaveDuplicates();
      assertThat(all.stream().filter(record -> record.offset() >= GAP)).hasSize(300);
      assertThat(
              sql(
                  client,
                  "SELECT count(*), count(DISTINCT (partition, record_offset)) FROM events"))
          .containsExactly("1300", "1300");
      Instant late = Instant.ofEpochMilli(FIRST_MILLIS + 2_000);
      assertThat(read(client, Start.timestamp(late))).hasSize(300);
      Instant middle = Instant.ofEpochMilli(FIRST_MILLIS + 950);
      assertThat(read(client, Start.timestamp(middle))).hasSize(350);
    }
  }

  @Test
  void aReaderInsideTheGapComesOutBehindIt() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    long goesOnAt = onlyPartition(lake.recovery("new").run(false)).goesOnAt();
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.offset(150))).isEmpty();
      produce(client, "events", 500, 510);
      for (boolean tiered : new boolean[] {false, true}) {
        if (tiered) {
          tier(client);
        }
        for (long from : new long[] {100, 101, 100 + GAP / 2, goesOnAt - 1, goesOnAt}) {
          List<ConsumerRecord> read = read(client, Start.offset(from));
          assertThat(read).hasSize(10);
          assertThat(read.get(0).offset()).isEqualTo(goesOnAt);
        }
      }
    }
  }

  @Test
  void whatIsKnownToBeLostIsNamedAndFencesStay() throws Exception {
    Lake lake = Lake.inFolder(folder);
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", 1);
      produce(client, "events", 0, 100);
      tier(client);
      produce(client, "events", 100, 130);
      long unusedFence = client.admin().raiseFence(new PartitionName("events", 0), 0, 7);
      Await.until("the fence is noted", () -> first(lake.recovery("look").plan()).fence() == 7);
    }
    RevivedPartition part = first(lake.recovery("new").run(false));
    assertThat(part.tieredTo()).isEqualTo(100);
    assertThat(part.knownEnd()).hasValue(130);
    assertThat(part.goesOnAt()).isEqualTo(100 + GAP);
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThatThrownBy(() -> produce(client, "events", 0, 1)).hasMessageContaining("fence");
    }
  }

  private static RevivedPartition first(RecoveryPlan plan) {
    return plan.topics().get(0).partitions().get(0);
  }

  @Test
  void aTopicOfWhichNothingWasTieredBeginsBehindAllThatItGave() throws Exception {
    Lake lake = Lake.inFolder(folder);
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("other", 1);
      produce(client, "other", 0, 10);
      tier(client);
      unused = client.admin().createTopic("events", 2);
      Await.until("it is noted", () -> lake.recovery("look").plan().topics().size() == 2);
      produce(client, "events", 0, 100);
    }
    RecoveryPlan unusedPlan = lake.recovery("new").run(false);
    assertThat(lake.audit("new")).isEmpty();
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).isEmpty();
      produce(client, "events", 100, 150);
      assertThat(read(client, Start.earliest())).allMatch(one -> one.offset() >= GAP).hasSize(50);
      tier(client);
      assertThat(read(client, Start.earliest())).allMatch(one -> one.offset() >= GAP).hasSize(50);
    }
    assertThat(lake.audit("new")).isEmpty();
  }

  @Test
  void aRecoveredWarehouseIsRecoveredAgain() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    RecoveryPlan unused = lake.recovery("second").run(false);
    try (ThermoclineServer server = lake.open("second");
        ThermoclineClient client = connect(server)) {
      produce(client, "events", 100, 150);
      tier(client);
    }
    RevivedPartition part = onlyPartition(lake.recovery("third").run(false));
    assertThat(part.tieredTo()).isEqualTo(100 + GAP + 50);
    assertThat(part.goesOnAt()).isEqualTo(100 + 2 * GAP + 50);
    try (ThermoclineServer server = lake.open("third");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).hasSize(150);
    }
    assertThat(lake.owners()).hasSize(3);
    assertThat(lake.records()).hasSize(1);
  }

  @Test
  void aDeletedTopicStaysDeletedAndItsKeptTableComesBack() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("purged", 1);
      produce(client, "purged", 0, 10);
      tier(client);
      client.admin().deleteTopic("events", Admin.Cold.KEEP);
      client.admin().deleteTopic("purged", Admin.Cold.PURGE);
      assertThat(client.admin().listTopics()).isEmpty();
    }
    assertThat(lake.recovery("new").run(false).topics()).isEmpty();
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(client.admin().listTopics()).isEmpty();
      assertThat(server.httpPort()).isPositive();
      // Its table has the name.
      assertThatThrownBy(() -> client.admin().createTopic("events", 1))
          .hasMessageContaining("events");
      assertThat(client.admin().createTopic("purged", 1)).isNotNull();
    }
  }

  @Test
  void theWarehouseMayLieInTheDataDirectory() throws Exception {
    Path data = folder.resolve("old");
    Lake lake = Lake.inFolder(folder, data.resolve("warehouse")).withHistory();
    for (String part : List.of("hot", "cold", "tiering")) {
      delete(data.resolve(part));
    }
    assertThat(onlyPartition(lake.recovery("old").run(false)).tieredTo()).isEqualTo(100);
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).hasSize(100);
    }
  }

  private static void delete(Path directory) throws Exception {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aCatalogThatIsStillThereIsUsedAndAnOlderOneRefused() throws Exception {
    Path database = folder.resolve("catalog.db");
    Lake lake = Lake.inFolder(folder).withCatalog(database).withHistory();
    Path older = Files.copy(database, folder.resolve("older.db"));
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      produce(client, "events", 100, 150);
      tier(client);
    }
    assertThatThrownBy(() -> lake.withCatalog(older).recovery("new").run(false))
        .hasMessageContaining("does not lead back");
    assertThat(folder.resolve("new")).doesNotExist();

    RecoveryPlan plan = lake.recovery("new").run(false);
    assertThat(plan.topics().get(0).found().table().get().registered()).isTrue();
    assertThat(onlyPartition(plan).tieredTo()).isEqualTo(150);
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).hasSize(150);
    }
    Lake elsewhere = lake.withCatalog(folder.resolve("another.db"));
    plan = elsewhere.recovery("newer").run(false);
    assertThat(plan.topics().get(0).found().table().get().registered()).isFalse();
    try (ThermoclineServer server = elsewhere.open("newer");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).hasSize(150);
    }
  }

  @Test
  void aServerThatStillRunsTiersAndTrimsNothingMore() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    try (ThermoclineServer old = lake.open("old");
        ThermoclineClient client = connect(old)) {
      produce(client, "events", 100, 150);
      assertThat(onlyPartition(lake.recovery("new").run(false)).tieredTo()).isEqualTo(100);
      assertThat(client.admin().runTiering("events", true))
          .allMatch(move -> move.problem().contains("is owned by cluster"));
      assertThat(read(client, Start.offset(100))).hasSize(50);
      client.admin().deleteTopic("events", Admin.Cold.PURGE);
    }
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).hasSize(100);
    }
    assertThat(lake.audit("new")).isEmpty();
  }

  @Test
  void ofTwoTopicsOfOneNameTheLaterOwnersComesBack() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    try (ThermoclineServer server = lake.open("other", "storage.takeOver=true");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", 1);
      produce(client, "events", 500, 530);
      tier(client);
    }
    RecoveryPlan plan = lake.recovery("new").run(false);
    assertThat(onlyPartition(plan).tieredTo()).isEqualTo(30);
    assertThat(plan.warehouse().topics()).hasSize(2);
    assertThat(plan.warehouse().topics().stream().flatMap(topic -> topic.remarks().stream()))
        .hasSize(1)
        .allMatch(remark -> remark.contains("passed over for a later one"));
  }
}
