package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thermocline.client.Admin;
import io.thermocline.client.ClientException;
import io.thermocline.client.ClientOptions;
import io.thermocline.client.Consumer;
import io.thermocline.client.ConsumerOptions;
import io.thermocline.client.ConsumerRecord;
import io.thermocline.client.Producer;
import io.thermocline.client.ProducerOptions;
import io.thermocline.client.ProducerRecord;
import io.thermocline.client.QueryRows;
import io.thermocline.client.Start;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Tier;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.S3Server;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
  private static final long FIRST_MILLIS = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

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
    List<String> sets = settings(scheme);
    try (ThermoclineServer server = open(sets);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", 3);
      produce(client, 0, RECORDS / 2);
      for (TieringReport.Move move : client.admin().runTiering("events", true)) {
        assertThat(move.problem()).isEmpty();
        assertThat(move.hotStart()).isEqualTo(move.tiered().to());
      }
      produce(client, RECORDS / 2, RECORDS);
      assertEverythingIsThere(client);
    }
    try (ThermoclineServer again = open(sets);
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
    List<String> sets = settings("file");
    try (ThermoclineServer first = open(sets)) {
      assertThat(first.port()).isPositive();
      ThermoclineException refusal =
          catchThrowableOfType(ThermoclineException.class, () -> open(sets).close());
      assertThat(refusal.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION);
      assertThat(refusal).hasMessageContaining("hot");
    }
  }

  @Test
  void aWarehouseOfAnotherClusterIsRefused() throws Exception {
    String warehouse = "storage.warehouse=" + folder.resolve("shared-warehouse").toUri();
    try (ThermoclineServer owner = open(List.of("data.dir=" + folder.resolve("a"), warehouse));
        ThermoclineClient client = connect(owner)) {
      var unused = client.admin().createTopic("events", 1);
      produce(client, 0, 10);
      var moves = client.admin().runTiering("events", true);
      assertThat(moves).allMatch(move -> move.problem().isEmpty());
      ThermoclineException refusal =
          catchThrowableOfType(
              ThermoclineException.class,
              () -> open(List.of("data.dir=" + folder.resolve("b"), warehouse)).close());
      assertThat(refusal.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    }
  }

  @Test
  void aDeletedTopicIsGoneAndItsTableOnlyWhenAsked() throws Exception {
    try (ThermoclineServer server = open(settings("file"));
        ThermoclineClient client = connect(server)) {
      for (Admin.Cold cold : Admin.Cold.values()) {
        var unused = client.admin().createTopic("events", 3);
        produce(client, 0, 30);
        var moves = client.admin().runTiering("events", true);
        assertThat(moves).allMatch(move -> move.problem().isEmpty());
        client.admin().deleteTopic("events", cold);
        assertThat(client.admin().listTopics()).isEmpty();
        if (cold == Admin.Cold.KEEP) {
          ClientException taken =
              catchThrowableOfType(
                  ClientException.class, () -> client.admin().createTopic("events", 1));
          assertThat(taken).hasMessageContaining("events");
          break;
        }
      }
    }
  }

  private List<String> settings(String scheme) {
    List<String> sets = new ArrayList<>();
    sets.add("data.dir=" + folder.resolve("data-" + scheme));
    if (!scheme.equals("file")) {
      sets.add("storage.warehouse=" + scheme + "://" + s3.newBucket() + "/lake");
      sets.add("storage.s3.endpoint=" + s3.endpoint());
      sets.add("storage.s3.accessKey=env:STORE_KEY");
      sets.add("storage.s3.secretKey=env:STORE_SECRET");
    }
    return sets;
  }

  private static ThermoclineServer open(List<String> sets) {
    List<String> all = new ArrayList<>(sets);
    all.addAll(List.of("grpc.port=0", "http.port=0", "storage.minFree=1MiB"));
    return ThermoclineServer.open(
        Configuration.load(
            Optional.empty(),
            Map.of("STORE_KEY", S3Server.ACCESS_KEY, "STORE_SECRET", S3Server.SECRET_KEY),
            all),
        InstantSource.system());
  }

  private static ThermoclineClient connect(ThermoclineServer server) {
    return ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults());
  }

  private static void produce(ThermoclineClient client, int from, int to) throws Exception {
    List<CompletableFuture<?>> answers = new ArrayList<>();
    try (Producer producer = client.producer(ProducerOptions.defaults().withBatchBytes(4096))) {
      for (int i = from; i < to; i++) {
        answers.add(
            producer.send(
                ProducerRecord.of("events", "k" + i % 17, "v%06d".formatted(i))
                    .withTimestamp(FIRST_MILLIS + i)));
      }
      producer.flush();
    }
    answers.forEach(CompletableFuture::join);
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

  private static List<ConsumerRecord> read(ThermoclineClient client, Start start) {
    List<ConsumerRecord> records = new ArrayList<>();
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.subscribe("events", start);
      consumer.forEach(records::add);
    }
    return records;
  }

  private static List<String> sql(ThermoclineClient client, String statement) {
    try (QueryRows rows = client.admin().query(statement, 10)) {
      return rows.iterator().next().stream().map(cell -> cell.orElse("NULL")).toList();
    }
  }
}
