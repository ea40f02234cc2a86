package io.thermocline.server;

import static io.thermocline.server.Lake.FIRST_MILLIS;
import static io.thermocline.server.Lake.connect;
import static io.thermocline.server.Lake.produce;
import static io.thermocline.server.Lake.read;
import static io.thermocline.server.Lake.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.Admin;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.failure.ClientException;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Tier;
import io.thermocline.testkit.S3Server;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job on each kind of object store, through the client, with restarts in between. */
class EndToEndIT {
  private static final int RECORDS = 3_000;

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
  void whatIsProducedIsTieredReplayedOverTheSeamAndQueried(String scheme) throws Exception {
    Lake lake = scheme.equals("file") ? insideTheData() : Lake.inBucket(folder, s3, scheme);
    try (ThermoclineServer server = lake.open("data");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", 3);
      produce(client, "events", 0, RECORDS / 2);
      for (TieringReport.Move move : client.admin().runTiering("events", true)) {
        assertThat(move.problem()).isEmpty();
        assertThat(move.hotStart()).isEqualTo(move.tiered().to());
      }
      produce(client, "events", RECORDS / 2, RECORDS);
      assertEverythingIsThere(client);
    }
    try (ThermoclineServer again = lake.open("data");
        ThermoclineClient client = connect(again)) {
      assertEverythingIsThere(client);
      assertThat(sql(client, "SELECT count(*), max(decode(value)) FROM events"))
          .containsExactly("" + RECORDS / 2, "v%06d".formatted(RECORDS / 2 - 1));
      long middle = FIRST_MILLIS + RECORDS / 4;
      List<ConsumerRecord> late = read(client, Start.timestamp(Instant.ofEpochMilli(middle)));
      assertThat(late).hasSize(RECORDS - RECORDS / 4);
      assertThat(late).allMatch(record -> record.timestampMillis() >= middle);
    }
  }

  @Test
  void oneProcessHoldsADataDirectory() throws Exception {
    Lake lake = insideTheData();
    try (ThermoclineServer first = lake.open("data")) {
      assertThat(first.port()).isPositive();
      ThermoclineException refusal =
          catchThrowableOfType(ThermoclineException.class, () -> lake.open("data").close());
      assertThat(refusal.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION);
      assertThat(refusal).hasMessageContaining("hot");
    }
  }

  @Test
  void aWarehouseOfAnotherClusterIsRefused() throws Exception {
    Lake shared = Lake.inFolder(folder);
    try (ThermoclineServer owner = shared.open("a");
        ThermoclineClient client = connect(owner)) {
      var unused = client.admin().createTopic("events", 1);
      produce(client, "events", 0, 10);
      var moves = client.admin().runTiering("events", true);
      assertThat(moves).allMatch(move -> move.problem().isEmpty());
      ThermoclineException refusal =
          catchThrowableOfType(ThermoclineException.class, () -> shared.open("b").close());
      assertThat(refusal.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    }
  }

  @Test
  void aTopicDeletedWithoutItsTableLeavesAllOfThatAndTheNameStaysTaken() throws Exception {
    Lake lake = insideTheData();
    try (ThermoclineServer server = lake.open("data");
        ThermoclineClient client = connect(server)) {
      tierEvents(client);
      List<Path> files = lake.files(".parquet");
      assertThat(files).isNotEmpty();
      client.admin().deleteTopic("events", Admin.Cold.KEEP);
      assertThat(client.admin().listTopics()).isEmpty();
      assertThat(lake.files(".parquet")).isEqualTo(files);
      assertThat(lake.metadata()).isNotEmpty();
      ClientException taken =
          catchThrowableOfType(
              ClientException.class, () -> client.admin().createTopic("events", 1));
      assertThat(taken.kind()).isEqualTo(ErrorKind.ALREADY_EXISTS);
      assertThat(taken).hasMessageContaining("events");
    }
  }

  @Test
  void aTopicDeletedWithItsTableLeavesNoFileOfItAndTheNameIsFree() throws Exception {
    Lake lake = insideTheData();
    try (ThermoclineServer server = lake.open("data");
        ThermoclineClient client = connect(server)) {
      tierEvents(client);
      assertThat(lake.files(".parquet")).isNotEmpty();
      client.admin().deleteTopic("events", Admin.Cold.PURGE);
      assertThat(client.admin().listTopics()).isEmpty();
      assertThat(lake.files("")).isNotEmpty().noneMatch(file -> file.toString().contains("events"));
      tierEvents(client);
      assertThat(sql(client, "SELECT count(*) FROM events")).containsExactly("30");
    }
  }

  private static void tierEvents(ThermoclineClient client) throws Exception {
    var unused = client.admin().createTopic("events", 3);
    produce(client, "events", 0, 30);
    var moves = client.admin().runTiering("events", true);
    assertThat(moves).isNotEmpty().allMatch(move -> move.problem().isEmpty());
  }

  /** Where a warehouse lies by default. */
  private Lake insideTheData() {
    return Lake.inFolder(folder, folder.resolve("data/warehouse"));
  }

  private static void assertEverythingIsThere(ThermoclineClient client) {
    List<ConsumerRecord> records = read(client, Start.earliest());
    assertThat(records).hasSize(RECORDS);
    assertThat(records.stream().map(ConsumerRecord::tier).distinct())
        .containsExactlyInAnyOrder(Tier.COLD, Tier.HOT);
    Map<String, List<String>> byKey =
        records.stream()
            .collect(
                Collectors.groupingBy(
                    ConsumerRecord::keyText,
                    Collectors.mapping(ConsumerRecord::valueText, Collectors.toList())));
    for (int key = 0; key < 17; key++) {
      List<String> expected = new ArrayList<>();
      for (int i = key; i < RECORDS; i += 17) {
        expected.add("v%06d".formatted(i));
      }
      assertThat(byKey.get("k" + key)).isEqualTo(expected);
    }
  }
}
