package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.QueryRows;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.model.AuditFinding;
import io.thermocline.server.RecoveryPlan.Revived;
import io.thermocline.server.RecoveryPlan.RevivedPartition;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.FilesBelow;
import io.thermocline.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A warehouse, in a folder or on an S3 server, and servers whose data directories come and go. */
record Lake(Path folder, S3Server s3, String warehouse, Optional<Path> catalog) {
  static final long FIRST_MILLIS = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

  static Lake inFolder(Path folder) {
    return inFolder(folder, folder.resolve("lake"));
  }

  static Lake inFolder(Path folder, Path warehouse) {
    return new Lake(folder, null, warehouse.toUri().toString(), Optional.empty());
  }

  static Lake inBucket(Path folder, S3Server s3, String scheme) {
    return new Lake(folder, s3, scheme + "://" + s3.newBucket() + "/lake", Optional.empty());
  }

  /** The same with its tables in a catalog that does not lie in the data directory. */
  Lake withCatalog(Path database) {
    return new Lake(folder, s3, warehouse, Optional.of(database));
  }

  /** With 100 records of one partition in it, whose server is gone. */
  Lake withHistory() throws Exception {
    try (ThermoclineServer server = open("old");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", 1);
      produce(client, "events", 0, 100);
      tier(client);
    }
    return this;
  }

  static RevivedPartition onlyPartition(RecoveryPlan plan) {
    assertThat(plan.topics()).hasSize(1);
    Revived topic = plan.topics().get(0);
    assertThat(topic.partitions()).hasSize(1);
    return topic.partitions().get(0);
  }

  List<Path> owners() throws IOException {
    return files(".json").stream()
        .filter(file -> file.getFileName().toString().startsWith("owner-"))
        .toList();
  }

  List<Path> records() throws IOException {
    return files(".json").stream()
        .filter(file -> file.toString().contains("/_thermocline/topics/"))
        .toList();
  }

  List<Path> metadata() throws IOException {
    return files(".metadata.json");
  }

  List<Path> files(String suffix) throws IOException {
    return FilesBelow.of(Path.of(URI.create(warehouse))).stream()
        .filter(file -> file.toString().endsWith(suffix))
        .toList();
  }

  Recovery recovery(String data) {
    return Recovery.of(configuration(data), InstantSource.system());
  }

  ThermoclineServer open(String data, String... more) {
    return ThermoclineServer.open(configuration(data, more), InstantSource.system());
  }

  List<String> audit(String data) {
    List<String> damage = new ArrayList<>();
    var unused =
        DataAudit.of(configuration(data))
            .run(
                true,
                finding -> {
                  if (finding.severity() == AuditFinding.Severity.DAMAGE) {
                    damage.add(finding.toString());
                  }
                });
    return damage;
  }

  private Configuration configuration(String data, String... more) {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "data.dir=" + folder.resolve(data),
                "storage.warehouse=" + warehouse,
                "grpc.port=0",
                "http.port=0",
                "storage.minFree=1MiB"));
    sets.addAll(List.of(more));
    if (s3 != null) {
      sets.add("storage.s3.endpoint=" + s3.endpoint());
      sets.add("storage.s3.accessKey=env:STORE_KEY");
      sets.add("storage.s3.secretKey=env:STORE_SECRET");
    }
    if (catalog.isPresent()) {
      sets.add("catalog.type=jdbc");
      sets.add("catalog.properties=uri=env:CATALOG");
    }
    return Configuration.load(
        Optional.empty(),
        Map.of(
            "STORE_KEY", S3Server.ACCESS_KEY,
            "STORE_SECRET", S3Server.SECRET_KEY,
            "CATALOG", "jdbc:sqlite:" + catalog.map(Path::toString).orElse("")),
        sets);
  }

  static ThermoclineClient connect(ThermoclineServer server) {
    return ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults());
  }

  static void tier(ThermoclineClient client) {
    for (var topic : client.admin().listTopics()) {
      if (!topic.name().equals("local")) {
        for (TieringReport.Move move : client.admin().runTiering(topic.name(), true)) {
          assertThat(move.problem()).isEmpty();
        }
      }
    }
  }

  static void produce(ThermoclineClient client, String topic, int from, int to) throws Exception {
    List<CompletableFuture<?>> answers = new ArrayList<>();
    try (Producer producer = client.producer(ProducerOptions.defaults().withBatchBytes(4096))) {
      for (int i : IntStream.range(from, to).toArray()) {
        answers.add(
            producer.send(
                ProducerRecord.of(topic, "k" + i % 17, "v%06d".formatted(i))
                    .withTimestamp(FIRST_MILLIS + i)));
      }
      producer.flush();
    }
    answers.forEach(CompletableFuture::join);
  }

  static List<ConsumerRecord> read(ThermoclineClient client, Start start) {
    List<ConsumerRecord> records = new ArrayList<>();
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.subscribe("events", start);
      consumer.forEach(records::add);
    }
    return records;
  }

  static List<String> texts(List<ConsumerRecord> records) {
    return records.stream()
        .map(
            record ->
                record.partition()
                    + "/"
                    + record.offset()
                    + " "
                    + record.keyText()
                    + " "
                    + record.valueText())
        .toList();
  }

  static List<String> sql(ThermoclineClient client, String statement) {
    try (QueryRows rows = client.admin().query(statement, 10)) {
      return rows.iterator().next().stream().map(cell -> cell.orElse("NULL")).toList();
    }
  }
}
