package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.Admin;
import io.thermocline.client.admin.OffsetLookup;
import io.thermocline.client.admin.OffsetLookup.Named;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to a topic, on a whole server whose topics lie in both tiers. */
@Timeout(180)
class OperationIT {
  private static final PartitionName T = new PartitionName("t", 0);
  private static final int VALUE_BYTES = 1_000;

  @TempDir Path folder;
  private final ManualClock clock = ManualClock.start();
  private final Random random = new Random(5);
  private final List<OffsetAndTimestamp> produced = new ArrayList<>();
  private ThermoclineServer server;
  private ThermoclineClient client;

  @BeforeEach
  void open() {
    server =
        ThermoclineServer.open(
            Configuration.load(
                Optional.empty(),
                Map.of(),
                List.of(
                    "data.dir=" + folder.resolve("data"),
                    "grpc.port=0",
                    "http.port=0",
                    "storage.minFree=1MiB",
                    "tiering.checkInterval=1h")),
            clock);
    client = ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults());
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void everyLookUpOfAnOffsetIsRightOverBothTiers() throws Exception {
    var unused = admin().createTopic("t", 1);
    policy("tiering: { enabled: true }");
    assertThat(admin().timedOffsets(List.of(T), Named.MAX_TIMESTAMP)).isEmpty();
    produce(300);
    tier(true);
    produce(200);
    tier(false);
    produce(100);
    assertLookUpsAreRight(0, 300, 500);

    assertThat(admin().deleteRecords(T, 123)).isEqualTo(123);
    assertLookUpsAreRight(123, 300, 500);
    assertThat(consumed()).isEqualTo(600 - 123);
    assertThat(admin().deleteRecords(T, 50)).isEqualTo(123);
    tier(true);
    assertLookUpsAreRight(123, 600, 600);
    close();
    open();
    assertLookUpsAreRight(123, 600, 600);
    assertThat(admin().deleteRecords(T, 600)).isEqualTo(600);
    assertThat(consumed()).isZero();
    assertThat(admin().timedOffsets(List.of(T), Named.MAX_TIMESTAMP)).isEmpty();
    produce(1);
    assertLookUpsAreRight(600, 600, 600);
  }

  private void assertLookUpsAreRight(long logStart, long hotStart, long tieredTo) {
    List<OffsetAndTimestamp> readable =
        produced.stream().filter(record -> record.offset() >= logStart).toList();
    assertThat(admin().offset(T, Named.EARLIEST)).isEqualTo(logStart);
    assertThat(admin().offset(T, Named.EARLIEST_LOCAL)).isEqualTo(hotStart);
    assertThat(admin().offset(T, Named.LATEST_TIERED)).isEqualTo(tieredTo);
    assertThat(admin().offset(T, Named.LATEST)).isEqualTo(produced.size());
    LargestTimestamp largest = new LargestTimestamp();
    readable.forEach(record -> largest.offer(Optional.of(record)));
    assertThat(admin().timedOffsets(List.of(T), Named.MAX_TIMESTAMP))
        .containsExactly(Map.entry(T, largest.found().orElseThrow()));
    for (long millis = 0; millis <= 210; millis += 3) {
      long wanted = millis;
      Optional<OffsetAndTimestamp> expected =
          readable.stream().filter(record -> record.timestampMillis() >= wanted).findFirst();
      OffsetLookup lookup = OffsetLookup.timestamp(Instant.ofEpochMilli(wanted));
      assertThat(Optional.ofNullable(admin().timedOffsets(List.of(T), lookup).get(T)))
          .as("timestamp %d from %d", wanted, logStart)
          .isEqualTo(expected);
      assertThat(admin().offset(T, lookup))
          .isEqualTo(expected.map(OffsetAndTimestamp::offset).orElse((long) produced.size()));
    }
  }

  @Test
  void retentionBySizeCountsAnOffsetThatBothTiersHaveOnce() throws Exception {
    var unused = admin().createTopic("t", 1);
    policy(
        "segment: { bytes: 1MiB }, tiering: { enabled: true, minFileBytes: 1MiB },"
            + " retention: { maxBytes: 6MiB }");
    for (int round = 0; round < 4; round++) {
      produce(1_000);
      tier(false);
    }
    // About 4 MiB, in both tiers: 8 MiB if they were added up.
    assertThat(admin().offset(T, Named.EARLIEST)).isZero();
    assertThat(admin().offset(T, Named.EARLIEST_LOCAL)).isZero();
    assertThat(admin().offset(T, Named.LATEST_TIERED)).isEqualTo(4_000);

    for (int round = 0; round < 4; round++) {
      produce(1_000);
      tier(false);
    }
    long start = admin().offset(T, Named.EARLIEST);
    assertThat(start).isBetween(1_000L, 4_000L);
    assertThat(admin().offset(T, Named.EARLIEST_LOCAL)).isEqualTo(start);
    assertThat(consumed()).isEqualTo(8_000 - start);
    tier(true);
    assertThat(admin().offset(T, Named.EARLIEST)).isEqualTo(start);
    assertThat(consumed()).isEqualTo(8_000 - start);
  }

  @Test
  void retentionByAgeTakesWhatIsOldFromBothTiersAndNothingElse() throws Exception {
    var unused = admin().createTopic("t", 1);
    policy("tiering: { enabled: true, maxLag: 1m }, hot: { retain: 1m }, retention: { age: 6m }");
    produce(500);
    tier(true);
    for (int i = 0; i < 4; i++) {
      clock.advance(Duration.ofMinutes(1));
      tier(false);
    }
    produce(300);
    tier(false);
    assertThat(consumed()).isEqualTo(800);
    for (int i = 0; i < 3; i++) {
      clock.advance(Duration.ofMinutes(1));
      tier(false);
    }
    assertThat(admin().offset(T, Named.EARLIEST)).isEqualTo(500);
    assertThat(consumed()).isEqualTo(300);
    for (int i = 0; i < 4; i++) {
      clock.advance(Duration.ofMinutes(1));
      tier(false);
    }
    assertThat(admin().offset(T, Named.EARLIEST)).isEqualTo(800);
    assertThat(admin().offset(T, Named.LATEST)).isEqualTo(800);
    produce(1);
    assertThat(consumed()).isEqualTo(1);
  }

  @Test
  void partitionsGrowAndNeverShrink() throws Exception {
    var unused = admin().createTopic("t", 2);
    policy("tiering: { enabled: true }");
    produce(10);
    tier(true);
    for (int fewer : List.of(1, 0, -1)) {
      assertThatThrownBy(() -> admin().growTopic("t", fewer))
          .as("%d partitions", fewer)
          .isInstanceOf(ClientException.class);
    }
    assertThat(admin().growTopic("t", 5).partitionCount()).isEqualTo(5);
    assertThat(admin().growTopic("t", 5).partitionCount()).isEqualTo(5);
    send(new PartitionName("t", 4), 7, 1_000);
    tier(true);
    close();
    open();
    assertThat(admin().topic("t").partitionCount()).isEqualTo(5);
    assertThat(admin().offset(new PartitionName("t", 4), Named.LATEST_TIERED)).isEqualTo(1);
    assertThat(consumed()).isEqualTo(11);
  }

  private Admin admin() {
    return client.admin();
  }

  private void policy(String settings) {
    var unused =
        admin()
            .applyPolicies(
                """
                apiVersion: thermocline/v1
                kind: TopicPolicies
                policies:
                  - { topics: ["t"], %s }
                """
                    .formatted(settings));
  }

  private void tier(boolean trimAll) {
    for (TieringReport.Move move : admin().runTiering("t", trimAll)) {
      assertThat(move.problem()).isEmpty();
    }
  }

  /** Records of partition 0 whose timestamps jump about. */
  private void produce(int count) throws Exception {
    try (Producer producer = client.producer(ProducerOptions.defaults())) {
      for (int i = 0; i < count; i++) {
        long millis = random.nextLong(200);
        byte[] value = new byte[VALUE_BYTES];
        random.nextBytes(value);
        produced.add(new OffsetAndTimestamp(produced.size(), millis));
        var unused =
            producer.send(
                ProducerRecord.of("t", null, value).withPartition(0).withTimestamp(millis));
      }
      producer.flush();
    }
  }

  private void send(PartitionName partition, int valueBytes, long millis) throws Exception {
    try (Producer producer = client.producer(ProducerOptions.defaults())) {
      var unused =
          producer.send(
              ProducerRecord.of(partition.topic(), null, new byte[valueBytes])
                  .withPartition(partition.partition())
                  .withTimestamp(millis));
      producer.flush();
    }
  }

  private int consumed() {
    int[] seen = {0};
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.subscribe("t", Start.earliest());
      consumer.forEach(record -> seen[0]++);
    }
    return seen[0];
  }
}
