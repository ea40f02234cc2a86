package io.thermocline.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.admin.Admin;
import io.thermocline.client.admin.OffsetLookup;
import io.thermocline.client.admin.PolicyReport;
import io.thermocline.client.admin.QueryRows;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.record.RecordHeader;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Tier;
import io.thermocline.testkit.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client with the real gateway, over a socket. */
@Timeout(120)
class ClientIT {
  private static final ConsumerOptions TO_THE_END = ConsumerOptions.defaults().withFollow(false);
  private static final PartitionName P0 = new PartitionName("t", 0);

  private final OpenServer server = new OpenServer();

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void whatIsProducedIsWhatIsConsumed(Compression compression) {
    server.admin().createTopic("t", 1);
    try (Producer producer =
        server.client.producer(ProducerOptions.defaults().withCompression(compression))) {
      CompletableFuture<RecordMetadata> first =
          producer.send(
              ProducerRecord.of("t", "k", "v")
                  .withTimestamp(-5)
                  .withHeader("h", "1")
                  .withHeader("h", (byte[]) null));
      CompletableFuture<RecordMetadata> second =
          producer.send(ProducerRecord.of("t", (byte[]) null, null).withTimestamp(9));
      CompletableFuture<RecordMetadata> third = producer.send(ProducerRecord.of("t", "", ""));
      assertThat(List.of(first.join().offset(), second.join().offset(), third.join().offset()))
          .containsExactly(0L, 1L, 2L);
    }
    List<ConsumerRecord> records = readAll("t");
    assertThat(records).hasSize(3);
    ConsumerRecord full = records.get(0);
    assertThat(full.key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(full.value()).isEqualTo("v".getBytes(UTF_8));
    assertThat(full.timestampMillis()).isEqualTo(-5);
    assertThat(full.headers())
        .containsExactly(RecordHeader.of("h", "1"), new RecordHeader("h", null));
    assertThat(records.get(1).key()).isNull();
    assertThat(records.get(1).value()).isNull();
    assertThat(records.get(2).key()).isEmpty();
    assertThat(records.get(2).value()).isEmpty();
  }

  @Test
  void readingGoesOverTheSeamOfTheTiers() {
    server.admin().createTopic("t", 1);
    produce(500, i -> ProducerRecord.of("t", null, "" + i));
    List<TieringReport.Move> moves = server.admin().runTiering("t", true);
    assertThat(moves).singleElement().extracting(TieringReport.Move::hotStart).isEqualTo(500L);
    produce(100, i -> ProducerRecord.of("t", null, "" + (500 + i)));

    List<ConsumerRecord> records = readAll("t");
    assertThat(records.stream().map(ConsumerRecord::valueText))
        .containsExactlyElementsOf(IntStream.range(0, 600).mapToObj(i -> "" + i).toList());
    assertThat(records.get(0).tier()).isEqualTo(Tier.COLD);
    assertThat(records.get(599).tier()).isEqualTo(Tier.HOT);
  }

  @Test
  void aConsumerFollowsAndGoesOnAfterTheServerWasAway() throws Exception {
    server.admin().createTopic("t", 1);
    produce(10, i -> ProducerRecord.of("t", null, "" + i));
    try (Consumer consumer = server.client.consumer(ConsumerOptions.defaults())) {
      consumer.subscribe("t", Start.earliest());
      List<Long> offsets = new ArrayList<>();
      poll(consumer, offsets, 10);
      server.restart();
      produce(10, i -> ProducerRecord.of("t", null, "" + i));
      poll(consumer, offsets, 20);
      assertThat(offsets).containsExactlyElementsOf(longs(0, 20));
    }
  }

  @Test
  void startsAndSeeks() {
    server.admin().createTopic("t", 1);
    produce(100, i -> ProducerRecord.of("t", null, "" + i).withTimestamp(1_000 + i * 10));
    var ignored = server.admin().runTiering("t", true);
    produce(100, i -> ProducerRecord.of("t", null, "" + i).withTimestamp(2_000 + i * 10));
    assertThat(first(Start.offset(42))).isEqualTo(42);
    assertThat(first(Start.timestamp(Instant.ofEpochMilli(1_005)))).isEqualTo(1);
    assertThat(first(Start.timestamp(Instant.ofEpochMilli(2_000)))).isEqualTo(100);
    assertThat(first(Start.earliest())).isZero();
    assertThatThrownBy(() -> first(Start.offset(500)))
        .isInstanceOfSatisfying(
            ReadFailedException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OUT_OF_RANGE));

    try (Consumer consumer = server.client.consumer(TO_THE_END)) {
      consumer.assign(P0, Start.offset(150), 155);
      List<Long> offsets = new ArrayList<>();
      consumer.forEach(record -> offsets.add(record.offset()));
      assertThat(offsets).containsExactlyElementsOf(longs(150, 155));
      consumer.seek(P0, Start.offset(153));
      offsets.clear();
      consumer.forEach(record -> offsets.add(record.offset()));
      assertThat(offsets).containsExactly(153L, 154L);
    }
  }

  @Test
  void aPartitionThatIsGivenUpIsReadNoMore() {
    server.admin().createTopic("t", 2);
    produce(100, i -> ProducerRecord.of("t", null, "" + i).withPartition(i % 2));
    PartitionName kept = new PartitionName("t", 0);
    PartitionName givenUp = new PartitionName("t", 1);
    ConsumerOptions toTheEnd = ConsumerOptions.defaults().withFollow(false);
    try (Consumer consumer = server.client.consumer(toTheEnd)) {
      consumer.assign(kept, Start.earliest());
      consumer.assign(givenUp, Start.earliest());
      consumer.unassign(givenUp);

      assertThat(consumer.assignment()).containsExactly(kept);
      List<ConsumerRecord> records = new ArrayList<>();
      consumer.forEach(records::add);
      assertThat(records).hasSize(50).allMatch(record -> record.partition() == 0);
      assertThat(consumer.isDone()).isTrue();
    }
  }

  @Test
  void aGroupKeepsItsPlace() {
    server.admin().createTopic("t", 2);
    produce(20, i -> ProducerRecord.of("t", null, "" + i).withPartition(i % 2));
    ConsumerOptions options = TO_THE_END.withGroup("g");
    try (Consumer consumer = server.client.consumer(options)) {
      consumer.subscribe("t", Start.committedOr(Start.earliest()));
      var records = consumer.iterator();
      for (int i = 0; i < 13; i++) {
        records.next();
      }
      consumer.commit();
    }
    try (Consumer consumer = server.client.consumer(options)) {
      consumer.subscribe("t", Start.committedOr(Start.earliest()));
      List<ConsumerRecord> rest = new ArrayList<>();
      consumer.forEach(rest::add);
      assertThat(rest).hasSize(7);
    }
    assertThat(server.admin().groupOffsets("g").values().stream().mapToLong(o -> o).sum())
        .isEqualTo(13);
  }

  @Test
  void aGroupGoesOnAtTheEndOfABoundedReadInsideABatch() {
    server.admin().createTopic("t", 1);
    List<ProducerRecord> batch =
        IntStream.range(0, 10).mapToObj(i -> ProducerRecord.of("t", null, "" + i)).toList();
    try (Producer producer = server.client.producer(ProducerOptions.defaults())) {
      assertThat(Await.result(producer.appendAt(P0, 0, batch))).isNotNull();
    }
    ConsumerOptions options = TO_THE_END.withGroup("g");
    try (Consumer consumer = server.client.consumer(options)) {
      consumer.assign(P0, Start.earliest(), 5);
      assertThat(consumer).hasSize(5);
      consumer.commit();
    }
    try (Consumer consumer = server.client.consumer(options)) {
      consumer.assign(P0, Start.committedOr(Start.earliest()));
      assertThat(consumer).extracting(ConsumerRecord::offset).containsExactly(5L, 6L, 7L, 8L, 9L);
    }
  }

  @Test
  void morePartitionsThanAStreamTakesAreSaidSo() {
    server.admin().createTopic("t", 1_025);
    ConsumerOptions impatient = ConsumerOptions.defaults().withRetryTimeout(Duration.ofMillis(100));
    try (Consumer consumer = server.client.consumer(impatient)) {
      consumer.subscribe("t", Start.earliest());
      assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(60)))
          .isInstanceOfSatisfying(
              ReadFailedException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.EXHAUSTED))
          .hasMessageContaining("1024 partitions");
    }
  }

  @Test
  void aProducerGoesOnAfterTheServerWasAway() {
    server.admin().createTopic("t", 1);
    try (Producer producer = server.client.producer(ProducerOptions.defaults())) {
      long before = producer.send(ProducerRecord.of("t", null, "a")).join().offset();
      server.restart();
      long after = producer.send(ProducerRecord.of("t", null, "b")).join().offset();
      assertThat(List.of(before, after)).containsExactly(0L, 1L);
    }
  }

  @Test
  void badRecordsAndUnknownTopicsAreRefusedAtOnce() {
    server.admin().createTopic("t", 1);
    try (Producer producer = server.client.producer(ProducerOptions.defaults())) {
      ProducerRecord record = ProducerRecord.of("t", "k", "v");
      assertRefused(ErrorKind.NOT_FOUND, producer, ProducerRecord.of("u", "k", "v"));
      assertRefused(ErrorKind.INVALID, producer, record.withTimestamp(Long.MAX_VALUE));
      assertRefused(ErrorKind.INVALID, producer, record.withHeader("\ud800", "v"));
      assertRefused(ErrorKind.INVALID, producer, ProducerRecord.of("t", null, new byte[21 << 20]));
      CompletableFuture<RecordMetadata> elsewhere =
          producer.send(ProducerRecord.of("t", "k", "v").withPartition(7));
      assertThatThrownBy(elsewhere::join).hasCauseInstanceOf(NotAppliedException.class);
    }
  }

  @Test
  void aLargeRecordTravels() {
    server.admin().createTopic("t", 1);
    byte[] large = new byte[(20 << 20) - 100];
    large[77] = 7;
    try (Producer producer = server.client.producer(ProducerOptions.defaults())) {
      assertThat(producer.send(ProducerRecord.of("t", null, large)).join().offset()).isZero();
    }
    assertThat(readAll("t").get(0).value()).isEqualTo(large);
  }

  @Test
  void topicsGrow() {
    server.admin().createTopic("t", 1);
    assertThat(server.admin().growTopic("t", 4).partitionCount()).isEqualTo(4);
    assertThat(server.admin().topic("t").partitionCount()).isEqualTo(4);
    assertThat(server.admin().describeTopic("t", true).partitions()).hasSize(4);
  }

  @Test
  void offsetsOfMorePartitionsThanOneCallTakesAreLookedUp() {
    server.admin().createTopic("t", 1_001);
    List<PartitionName> all =
        IntStream.range(0, 1_001).mapToObj(number -> new PartitionName("t", number)).toList();
    assertThat(server.admin().offsets(all, OffsetLookup.Named.LATEST)).hasSize(1_001);
  }

  @Test
  void topicsAndRecordsAreAdministered() {
    Admin admin = server.admin();
    admin.createTopic("b", 1);
    admin.createTopic("a", 2);
    assertThat(admin.listTopics()).extracting(topic -> topic.name()).containsExactly("a", "b");
    assertKind(ErrorKind.ALREADY_EXISTS, () -> admin.createTopic("a", 1));
    assertKind(ErrorKind.INVALID, () -> admin.createTopic("a/b", 1));
    produce(10, i -> ProducerRecord.of("b", null, "" + i));
    PartitionName b0 = new PartitionName("b", 0);
    assertThat(admin.offset(b0, OffsetLookup.Named.LATEST)).isEqualTo(10);
    assertThat(admin.deleteRecords(b0, 4)).isEqualTo(4);
    assertThat(admin.offset(b0, OffsetLookup.Named.EARLIEST)).isEqualTo(4);
    assertThat(admin.deleteAllRecords(b0)).isEqualTo(10);
    admin.deleteTopic("a", Admin.Cold.PURGE);
    assertThat(admin.listTopics()).extracting(topic -> topic.name()).containsExactly("b");
    assertKind(ErrorKind.NOT_FOUND, () -> admin.topic("a"));
  }

  @Test
  void tieringPoliciesAndQueriesAreAdministered() {
    Admin admin = server.admin();
    admin.createTopic("t", 1);
    produce(10, i -> ProducerRecord.of("t", null, "" + i));
    assertThat(admin.runTiering("", false))
        .singleElement()
        .extracting(TieringReport.Move::tiered)
        .isEqualTo(new OffsetRange(0, 10));
    assertThat(admin.tieringStatus("t"))
        .singleElement()
        .satisfies(
            status -> {
              assertThat(status.tieredTo()).isEqualTo(10);
              assertThat(status.lag()).contains(Duration.ofMillis(1_500));
            });
    assertThat(admin.validatePolicies("bad"))
        .containsExactly(new PolicyReport.Problem(1, 2, "policies[0].hot.retain", "has no unit"));
    assertThat(admin.planPolicies("").actions())
        .containsExactly(
            new PolicyReport.Action(
                PolicyReport.ActionKind.DELETE,
                "t",
                0,
                new OffsetRange(0, 7),
                70,
                "retention.age 7d"));
    assertThat(admin.applyPolicies("second")).hasSize(1);
    assertThat(admin.policiesInForce().yaml()).isEqualTo("second");

    try (QueryRows rows = admin.query("SELECT 3", 2)) {
      assertThat(rows.columns()).extracting(QueryRows.ColumnInfo::name).contains("n", "nothing");
      List<List<Optional<String>>> all = new ArrayList<>();
      rows.forEach(all::add);
      assertThat(all)
          .containsExactly(
              List.of(Optional.of("0"), Optional.empty()),
              List.of(Optional.of("1"), Optional.empty()));
      assertThat(rows.truncated()).isTrue();
    }
    assertKind(ErrorKind.INVALID, () -> admin.query("DROP", 1));
  }

  @Test
  void aServerThatIsNotThereIsSaidSo() {
    try (ThermoclineClient client =
        ThermoclineClient.connect("127.0.0.1:1", ClientOptions.defaults())) {
      assertThatThrownBy(() -> client.admin().createTopic("t", 1))
          .isInstanceOf(NotAppliedException.class)
          .hasMessageContaining("Can't connect");
      assertThatThrownBy(() -> client.admin().listTopics())
          .isInstanceOf(ReadFailedException.class)
          .hasMessageContaining("127.0.0.1");
    }
  }

  private void produce(int count, java.util.function.IntFunction<ProducerRecord> record) {
    try (Producer producer = server.client.producer(ProducerOptions.defaults())) {
      List<CompletableFuture<RecordMetadata>> all =
          IntStream.range(0, count).mapToObj(i -> producer.send(record.apply(i))).toList();
      all.forEach(future -> assertThat(Await.result(future)).isNotNull());
    }
  }

  private List<ConsumerRecord> readAll(String topic) {
    List<ConsumerRecord> records = new ArrayList<>();
    try (Consumer consumer = server.client.consumer(TO_THE_END)) {
      consumer.subscribe(topic, Start.earliest());
      consumer.forEach(records::add);
    }
    return records;
  }

  private long first(Start start) {
    try (Consumer consumer = server.client.consumer(TO_THE_END)) {
      consumer.subscribe("t", start);
      return consumer.iterator().next().offset();
    }
  }

  private static void poll(Consumer consumer, List<Long> offsets, int until) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (offsets.size() < until && System.nanoTime() < deadline) {
      consumer.poll(Duration.ofSeconds(1)).forEach(record -> offsets.add(record.offset()));
    }
  }

  private static List<Long> longs(long from, long to) {
    return java.util.stream.LongStream.range(from, to).boxed().toList();
  }

  private static void assertRefused(ErrorKind kind, Producer producer, ProducerRecord record) {
    assertThatThrownBy(() -> producer.send(record))
        .isInstanceOfSatisfying(
            NotAppliedException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static void assertKind(ErrorKind kind, Callable<?> call) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
