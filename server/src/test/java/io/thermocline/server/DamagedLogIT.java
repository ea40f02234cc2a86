package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.QueryRows;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.admin.TopicDescription;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Tier;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.FilesBelow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One flipped bit in a sealed segment: named in both tiers, and in nobody's way. */
class DamagedLogIT {
  private static final int RECORDS = 3_000;
  private static final String DAMAGED = "v001234";

  @TempDir Path folder;

  @Test
  void aFlippedBitIsALostRangeInBothTiersAndStopsNothing() throws Exception {
    Seen hot;
    try (ThermoclineServer server = open();
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", 1);
      produce(client, 0, RECORDS);
      assertThat(logs()).as("segments").hasSizeGreaterThan(2);
      flipBit();

      hot = read(client);
      assertThat(hot.tiers()).containsExactly(Tier.HOT);
      assertAllButTheLost(hot, RECORDS);
      assertThat(read(client)).as("the same answer again").isEqualTo(hot);

      TieringReport.Move move = client.admin().runTiering("events", true).get(0);
      assertThat(move.problem()).isEmpty();
      assertThat(move.tiered()).isEqualTo(new OffsetRange(0, RECORDS));
      assertThat(move.hotStart()).isEqualTo(RECORDS);
      assertCold(client, hot);
    }
    try (ThermoclineServer again = open();
        ThermoclineClient client = connect(again)) {
      assertCold(client, hot);
      produce(client, RECORDS, RECORDS + 10);
      assertAllButTheLost(read(client), RECORDS + 10);
    }
  }

  private static void assertCold(ThermoclineClient client, Seen hot) {
    Seen cold = read(client);
    assertThat(cold.tiers()).containsExactly(Tier.COLD);
    assertThat(cold.values()).isEqualTo(hot.values());
    assertThat(cold.lost()).isEqualTo(hot.lost());
    TopicDescription.Partition partition =
        client.admin().describeTopic("events", false).partitions().get(0);
    assertThat(partition.lost()).containsExactlyElementsOf(hot.lost());
    try (QueryRows rows = client.admin().query("SELECT count(*) FROM events", 1)) {
      assertThat(rows.iterator().next())
          .containsExactly(Optional.of(Integer.toString(hot.values().size())));
    }
  }

  private static void assertAllButTheLost(Seen seen, int records) {
    assertThat(seen.lost()).hasSize(1);
    OffsetRange lost = seen.lost().get(0);
    assertThat(lost.contains(1234)).isTrue();
    assertThat(lost.span()).isLessThan(RECORDS / 10);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      if (!lost.contains(i)) {
        expected.add(value(i));
      }
    }
    assertThat(seen.values()).isEqualTo(expected);
  }

  /** What a consumer made of the topic. */
  private record Seen(List<String> values, List<OffsetRange> lost, Set<Tier> tiers) {}

  private static Seen read(ThermoclineClient client) {
    Seen seen = new Seen(new ArrayList<>(), new ArrayList<>(), new HashSet<>());
    ConsumerOptions options =
        ConsumerOptions.defaults()
            .withFollow(false)
            .withLostRanges((partition, ranges) -> seen.lost().addAll(ranges));
    try (Consumer consumer = client.consumer(options)) {
      consumer.subscribe("events", Start.earliest());
      consumer.forEach(
          record -> {
            assertThat(record.offset()).isEqualTo(number(record.valueText()));
            seen.values().add(record.valueText());
            seen.tiers().add(record.tier());
          });
    }
    return seen;
  }

  private static void produce(ThermoclineClient client, int from, int to) throws Exception {
    try (Producer producer = client.producer(ProducerOptions.defaults().withBatchBytes(4096))) {
      for (int i = from; i < to; i++) {
        var unused = producer.send(ProducerRecord.of("events", null, value(i)));
      }
      producer.flush();
    }
  }

  private static String value(int number) {
    return "v%06d".formatted(number) + "-".repeat(50);
  }

  private static long number(String value) {
    return Long.parseLong(value.substring(1, DAMAGED.length()));
  }

  /** In the payload of a batch, where it lies in a segment that is not written to any more. */
  private void flipBit() throws IOException {
    List<Path> files = logs();
    for (Path file : files.subList(0, files.size() - 1)) {
      byte[] bytes = Files.readAllBytes(file);
      int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(DAMAGED);
      if (at >= 0) {
        bytes[at + DAMAGED.length()] ^= 0x04;
        Files.write(file, bytes);
        return;
      }
    }
    throw new AssertionError(DAMAGED + " lies in no sealed segment of " + files);
  }

  private List<Path> logs() throws IOException {
    return FilesBelow.of(folder).stream()
        .filter(path -> path.getFileName().toString().endsWith(".log"))
        .toList();
  }

  private ThermoclineServer open() throws IOException {
    Path policies = folder.resolve("policies.yaml");
    Files.writeString(
        policies,
        """
        apiVersion: thermocline/v1
        kind: TopicPolicies
        policies:
          - topics: ["*"]
            segment: { bytes: 64KiB }
            tiering: { enabled: true }
        """);
    return ThermoclineServer.open(
        Configuration.load(
            Optional.empty(),
            Map.of(),
            List.of(
                "data.dir=" + folder.resolve("data"),
                "policies.file=" + policies,
                "grpc.port=0",
                "http.port=0",
                "storage.minFree=1MiB")),
        InstantSource.system());
  }

  private static ThermoclineClient connect(ThermoclineServer server) {
    return ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults());
  }
}
