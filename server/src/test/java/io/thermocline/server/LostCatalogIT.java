package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.FilesBelow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog's file is lost while the server is down: nothing is made up, and nothing is lost. */
class LostCatalogIT {
  @TempDir Path data;

  @Test
  void aLostCatalogIsToldToReadersAndBackInPlaceAllIsThere() throws Exception {
    try (ThermoclineServer server = open();
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", 1);
      produce(client, 0, 100);
      assertThat(client.admin().runTiering("events", true))
          .allMatch(move -> move.problem().isEmpty());
      produce(client, 100, 150);
    }
    List<Path> history = files(data.resolve("warehouse"));
    moveCatalog(data.resolve("cold"), data.resolve("aside"));
    try (ThermoclineServer server = open();
        ThermoclineClient client = connect(server)) {
      assertThat(client.admin().runTiering("events", true))
          .allMatch(move -> move.problem().contains("the catalog was lost"));
      assertThat(catchThrowableOfType(ClientException.class, () -> read(client)))
          .hasMessageContaining("the catalog was lost");
      produce(client, 150, 200);
    }
    assertThat(files(data.resolve("warehouse"))).containsAll(history);
    moveCatalog(data.resolve("cold"), data.resolve("empty"));
    moveCatalog(data.resolve("aside"), data.resolve("cold"));
    try (ThermoclineServer server = open();
        ThermoclineClient client = connect(server)) {
      assertThat(read(client)).hasSize(200);
      assertThat(client.admin().runTiering("events", true))
          .allMatch(move -> move.problem().isEmpty());
      List<ConsumerRecord> records = read(client);
      assertThat(records).extracting(ConsumerRecord::valueText).doesNotHaveDuplicates();
      assertThat(records).hasSize(200);
    }
  }

  private static void moveCatalog(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path file : files(from)) {
      if (file.getFileName().toString().startsWith("catalog.db")) {
        Files.move(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static List<Path> files(Path below) throws IOException {
    return FilesBelow.of(below);
  }

  private ThermoclineServer open() {
    return ThermoclineServer.open(
        Configuration.load(
            Optional.empty(),
            Map.of(),
            List.of("data.dir=" + data, "grpc.port=0", "http.port=0", "storage.minFree=1MiB")),
        InstantSource.system());
  }

  private static ThermoclineClient connect(ThermoclineServer server) {
    return ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults());
  }

  private static void produce(ThermoclineClient client, int from, int to) throws Exception {
    try (Producer producer = client.producer(ProducerOptions.defaults())) {
      for (int i = from; i < to; i++) {
        var unused = producer.send(ProducerRecord.of("events", "k", "v%06d".formatted(i)));
      }
      producer.flush();
    }
  }

  private static List<ConsumerRecord> read(ThermoclineClient client) {
    List<ConsumerRecord> records = new ArrayList<>();
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.subscribe("events", Start.earliest());
      consumer.forEach(records::add);
    }
    return records;
  }
}
