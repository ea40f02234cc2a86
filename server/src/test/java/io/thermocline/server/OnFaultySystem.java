package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the suites have that run a real server on a system which fails it. Every acknowledgement is
 * noted and held against what is read later.
 */
abstract class OnFaultySystem {
  static final int PARTITIONS = 3;
  static final int VALUE_BYTES = 4_000;

  @TempDir Path folder;
  final NotedRecords records = new NotedRecords(VALUE_BYTES);

  /** What the servers print. */
  Path log;

  @BeforeEach
  final void logFile() throws IOException {
    log = Files.createFile(folder.resolve("server.log"));
  }

  /** A start finds all that was acknowledged, and takes more. */
  void comesBackWhole(List<String> settings) throws Exception {
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      checkAll(client);
      try (Producer producer = client.producer(once())) {
        for (int i = 0; i < PARTITIONS; i++) {
          assertThat(send(producer)).isEmpty();
        }
      }
      checkAll(client);
      assertThat(server.ready()).isTrue();
      server.stop();
    }
  }

  /** Sends one record, waits for its answer and notes it. */
  Optional<ClientException> send(Producer producer) throws Exception {
    return records.await(records.begin(producer, "events", records.sent() % PARTITIONS), log);
  }

  void checkAll(ThermoclineClient client) {
    records.check(client, "events", PARTITIONS);
  }

  static ProducerOptions once() {
    return ProducerOptions.defaults()
        .withLinger(Duration.ZERO)
        .withDeliveryTimeout(Duration.ofSeconds(4));
  }

  static ThermoclineClient connect(ServerProcess server) {
    return ThermoclineClient.connect(server.address(), ClientOptions.defaults());
  }

  List<String> settings(Path data, String tiering) throws IOException {
    Path policies = folder.resolve("policies.yaml");
    Files.writeString(
        policies,
        """
        apiVersion: thermocline/v1
        kind: TopicPolicies
        policies:
          - topics: ["*"]
            segment: { bytes: 2MiB, age: 10m }
            tiering: %s
        """
            .formatted(tiering));
    return List.of(
        "data.dir=" + data,
        "policies.file=" + policies,
        "grpc.port=0",
        "http.port=0",
        "storage.minFree=1MiB");
  }
}
