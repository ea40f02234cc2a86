package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.QueryRows;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.FilesBelow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the table of metrics in {@code docs/operations.md} to what a server in use shows. */
class MetricsIT {
  private static final int RECORDS = 300;
  private static final String TOPIC = "events";

  /** From the JVM: named in the page where they matter, but not all of them. */
  private static final Set<String> OF_THE_JVM = Set.of("jvm_", "process_", "system_", "disk_");

  @TempDir Path folder;

  @Test
  void theTableHasEveryMetricOfAServerInUseWithItsTypeAndLabels() throws Exception {
    Scrape scrape = scrapeOfAServerInUse();
    Map<String, MetricsPage.Metric> page = MetricsPage.read();
    Map<String, String> shown = scrape.types();

    assertThat(shown.keySet())
        .as("in %s, but the server does not show it:%n%s", MetricsPage.PATH, scrape.text())
        .containsAll(page.keySet());
    page.forEach(
        (name, metric) -> {
          assertThat(metric.type()).as("type of %s", name).isEqualTo(shown.get(name));
          assertThat(metric.labels()).as("labels of %s", name).isEqualTo(scrape.labels(name));
        });
    Set<String> own = new TreeSet<>(shown.keySet());
    own.removeIf(name -> OF_THE_JVM.stream().anyMatch(name::startsWith));
    assertThat(page.keySet()).as("missing in %s", MetricsPage.PATH).containsAll(own);
  }

  private Scrape scrapeOfAServerInUse() throws Exception {
    try (ThermoclineServer server = open();
        ThermoclineClient client =
            ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults())) {
      var unused = client.admin().createTopic(TOPIC, 1);
      produce(client);
      for (TieringReport.Move move : client.admin().runTiering(TOPIC, true)) {
        assertThat(move.problem()).isEmpty();
      }
      produce(client);
      assertThat(consume(client)).isEqualTo(2 * RECORDS);
      try (QueryRows rows = client.admin().query("SELECT count(*) FROM " + TOPIC, 1)) {
        assertThat(rows.iterator().next()).containsExactly(Optional.of("" + RECORDS));
      }
      fail(client);
      return Scrape.of(server);
    }
  }

  /** Errors are counted from the first one on, so there has to be one of each sort. */
  private void fail(ThermoclineClient client) throws Exception {
    Path warehouse = folder.resolve("data/warehouse");
    for (Path file : FilesBelow.of(warehouse)) {
      if (file.toString().endsWith(".parquet")) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> client.admin().query("SELECT count(*) FROM " + TOPIC, 1).close())
        .isInstanceOf(ClientException.class);
    Path first = warehouse.resolve("_thermocline/owner-1.json");
    String taken =
        Files.readString(first)
            .replace("\"epoch\":1", "\"epoch\":2")
            .replaceFirst("\"cluster\":\"[0-9a-f]{8}", "\"cluster\":\"00000000");
    Files.writeString(first.resolveSibling("owner-2.json"), taken);
    List<String> problems =
        client.admin().runTiering(TOPIC, false).stream().map(TieringReport.Move::problem).toList();
    assertThat(problems).hasSize(1).first().asString().contains("owned by cluster 00000000");
  }

  private ThermoclineServer open() {
    return ThermoclineServer.open(
        Configuration.load(
            Optional.empty(),
            Map.of(),
            List.of(
                "data.dir=" + folder.resolve("data"),
                "grpc.port=0",
                "http.port=0",
                "storage.minFree=1MiB",
                // The runner has to pass by at least once: it is what shows the lag.
                "tiering.checkInterval=10ms")),
        InstantSource.system());
  }

  private static void produce(ThermoclineClient client) throws Exception {
    try (Producer producer = client.producer(ProducerOptions.defaults())) {
      for (int i = 0; i < RECORDS; i++) {
        var unused = producer.send(ProducerRecord.of(TOPIC, "k" + i, "v" + i));
      }
      producer.flush();
    }
  }

  private static int consume(ThermoclineClient client) {
    int[] seen = {0};
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.subscribe(TOPIC, Start.earliest());
      consumer.forEach(record -> seen[0]++);
    }
    return seen[0];
  }
}
