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
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.Tier;
import io.thermocline.server.KillTotals.Moment;
import io.thermocline.server.KillTotals.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code kill -9} of a real server, again and again, while records are produced, tiered and trimmed
 * as fast as the policies can say: at an acknowledgement, in its start, or while nothing is sent
 * and what was is tiered. Acknowledgements are noted outside it and compared with what is read
 * after every kill: what is new and some before it, and now and then, and at the end, all.
 *
 * <p>{@code -Dkills=1000} for the long run, {@code -Dseed=…} for another one. A long run archives
 * the server's classes first, so that it starts faster, and says each twenty kills how far it is.
 */
class KillLoopIT {
  private static final int KILLS = Integer.getInteger("kills", 5);
  private static final long SEED = Long.getLong("seed", 1);

  /** Kills of one data directory, so that reading all of it stays quick. */
  private static final int KILLS_EACH = 20;

  private static final int PARTITIONS = 3;
  private static final int MAX_VALUE_BYTES = 1_500;
  private static final int IN_FLIGHT = 16;

  /** The moments of five kills. */
  private static final List<Moment> A_ROUND =
      List.of(
          Moment.ACKNOWLEDGEMENT,
          Moment.ACKNOWLEDGEMENT,
          Moment.ACKNOWLEDGEMENT,
          Moment.START,
          Moment.REST);

  /** Records sent before a kill at rest. */
  private static final int MOST_BEFORE_REST = 300;

  /** Looks at how far tiering is, at rest, until the kill; it begins a second after the last. */
  private static final int MOST_LOOKS = 500;

  /** Records sent between two looks at how far tiering is. */
  private static final int LOOK_EACH = 50;

  /** Kills after which all is read, not only what is new. */
  private static final int READ_ALL_EACH = 10;

  /** So many records that were read before are read again. */
  private static final int OVERLAP = 100;

  /** From so many kills on an archive of classes is worth its making. */
  private static final int MANY = 20;

  private static final KillTotals TOTALS = new KillTotals(KILLS);
  private static Launch launch = Launch.PLAIN;
  @TempDir static Path archive;

  @TempDir Path folder;
  private final Ledger ledger = new Ledger();
  private final Set<Tier> tiers = EnumSet.noneOf(Tier.class);
  private int lives;
  private long startNanos = Duration.ofSeconds(1).toNanos();

  static Stream<Arguments> rounds() {
    int rounds = (KILLS + KILLS_EACH - 1) / KILLS_EACH;
    return IntStream.range(0, rounds)
        .mapToObj(i -> Arguments.of(SEED + i, Math.min(KILLS_EACH, KILLS - i * KILLS_EACH)));
  }

  @BeforeAll
  static void archiveClasses() throws Exception {
    if (KILLS >= MANY) {
      launch = Launch.archived(archive, KillLoopIT::rehearse);
    }
  }

  @AfterAll
  static void report() {
    TOTALS.print();
  }

  /** Has a server do once what each life does. */
  private static void rehearse(Launch rehearsed) throws Exception {
    Path log = Files.createFile(archive.resolve("server.log"));
    try (ServerProcess server = ServerProcess.start(rehearsed, settings(archive), log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(ProducerOptions.defaults())) {
        for (int i = 0; i < 500; i++) {
          var unusedAnswer =
              send(
                  producer,
                  ProducerRecord.of("events", new byte[] {1}, new byte[MAX_VALUE_BYTES])
                      .withPartition(i % PARTITIONS));
        }
        producer.flush();
      }
      checkTable(client);
      for (int number = 0; number < PARTITIONS; number++) {
        assertThat(read(client, new PartitionName("events", number), 0)).isNotEmpty();
      }
      server.stop();
    }
  }

  @ParameterizedTest(name = "seed {0}, {1} kills")
  @MethodSource("rounds")
  void nothingAcknowledgedIsLostChangedOrDoubled(long seed, int kills) throws Exception {
    Random random = new Random(seed);
    Path log = Files.createFile(folder.resolve("server.log"));
    List<String> settings = settings(folder);
    List<Moment> moments = moments(kills, random);
    for (int life = 0; life < kills; life++) {
      Moment moment = moments.get(life);
      if (moment == Moment.START) {
        startAndKill(settings, log, random);
        continue;
      }
      boolean all = life % READ_ALL_EACH == READ_ALL_EACH - 1;
      try (ServerProcess server = start(settings, log);
          ThermoclineClient client = connect(server)) {
        if (lives == 0) {
          var unused = client.admin().createTopic("events", PARTITIONS);
        }
        check(client, server, all);
        int before = ledger.acknowledgements();
        long sent =
            TOTALS.timed(Part.PRODUCE, () -> produceUntilKilled(client, server, moment, random));
        server.awaitEnd();
        TOTALS.killed(moment, sent, ledger.acknowledgements() - before);
      }
    }
    try (ServerProcess server = start(settings, log);
        ThermoclineClient client = connect(server)) {
      check(client, server, true);
      checkTable(client);
      if (tiers.size() < Tier.values().length) {
        // Lives may all have ended before anything was let go of locally: by now all is.
        check(client, server, true);
      }
      assertThat(tiers)
          .as("kills met both tiers%n%s", server.logEnd())
          .containsExactlyInAnyOrder(Tier.values());
      server.stop();
    }
  }

  /** All of {@link #A_ROUND} in each so many lives, in any order. */
  private static List<Moment> moments(int kills, Random random) {
    List<Moment> moments = new ArrayList<>();
    while (moments.size() < kills) {
      List<Moment> some = new ArrayList<>(A_ROUND);
      Collections.shuffle(some, random);
      moments.addAll(some);
    }
    return moments;
  }

  private ServerProcess start(List<String> settings, Path log) throws Exception {
    long began = System.nanoTime();
    ServerProcess server =
        TOTALS.timed(Part.START, () -> ServerProcess.start(launch, settings, log));
    startNanos = System.nanoTime() - began;
    return server;
  }

  /** Kills a server somewhere between its first instruction and the moment it would listen. */
  private void startAndKill(List<String> settings, Path log, Random random) throws Exception {
    long after = (long) (startNanos * random.nextDouble());
    TOTALS.timed(
        Part.START,
        () -> {
          ServerProcess.startAndKill(launch, settings, log, Duration.ofNanos(after));
          return null;
        });
    TOTALS.killed(Moment.START, 0, 0);
  }

  /**
   * A life.
   *
   * @return how many records it was sent
   */
  private long produceUntilKilled(
      ThermoclineClient client, ServerProcess server, Moment moment, Random random)
      throws InterruptedException {
    long tieredBefore = tiered(client);
    boolean atRest = moment == Moment.REST;
    int most = atRest ? 1 + random.nextInt(MOST_BEFORE_REST) : Integer.MAX_VALUE;
    KillPoint point =
        atRest ? KillPoint.atRest(server) : KillPoint.atAnAcknowledgement(server, random);
    AtomicInteger failures = new AtomicInteger();
    Semaphore room = new Semaphore(IN_FLIGHT);
    int life = ++lives;
    ProducerOptions options =
        ProducerOptions.defaults()
            .withBatchBytes(1 + random.nextInt(3 * MAX_VALUE_BYTES))
            .withLinger(Duration.ZERO)
            .withDeliveryTimeout(Duration.ofSeconds(30));
    Producer producer = client.producer(options);
    int number = 0;
    for (; number < most && failures.get() == 0 && !point.reached(); number++) {
      if (number % LOOK_EACH == 0 && point.waitsForTiering() && tiered(client) > tieredBefore) {
        point.count();
      }
      if (!awaitRoom(room, point, server)) {
        break;
      }
      byte[] value = new byte[random.nextInt(MAX_VALUE_BYTES)];
      random.nextBytes(value);
      String key = life + "-" + number;
      int crc = Ledger.crc(value);
      ProducerRecord record =
          ProducerRecord.of("events", key.getBytes(StandardCharsets.UTF_8), value)
              .withPartition(number % PARTITIONS);
      var unused =
          send(producer, record)
              .whenComplete(
                  (metadata, failure) -> {
                    if (failure == null) {
                      ledger.acknowledged(metadata, key, crc);
                      point.acknowledged();
                    } else {
                      note(failure, key, crc);
                      failures.incrementAndGet();
                    }
                    room.release();
                  });
    }
    if (number == most) {
      producer.flush();
      killAtRest(client, point, random);
    }
    producer.close(Duration.ZERO);
    return number;
  }

  /** Nothing is on its way; segments are sealed, tiered and let go of. */
  private static void killAtRest(ThermoclineClient client, KillPoint point, Random random) {
    long before = tiered(client);
    int looks = random.nextInt(MOST_LOOKS);
    while (looks > 0 && tiered(client) == before) {
      looks--;
    }
    point.kill();
  }

  /** Waits for an answer to an earlier record; false once the server was killed. */
  private static boolean awaitRoom(Semaphore room, KillPoint point, ServerProcess server)
      throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      if (room.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        return true;
      }
      if (point.reached()) {
        return false;
      }
    }
    throw new AssertionError("No answer for a minute\n" + server.logEnd());
  }

  private static long tiered(ThermoclineClient client) {
    return client.admin().tieringStatus("events").stream()
        .mapToLong(TieringReport.Status::tieredTo)
        .sum();
  }

  private static CompletableFuture<RecordMetadata> send(Producer producer, ProducerRecord record) {
    try {
      return producer.send(record);
    } catch (ClientException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private void note(Throwable failure, String key, int crc) {
    if (failure instanceof NotAppliedException) {
      ledger.failed(key);
    } else if (failure instanceof OutcomeUnknownException) {
      ledger.unknown(key, crc);
    } else {
      throw new AssertionError("Neither failed nor unknown: " + key, failure);
    }
  }

  private void check(ThermoclineClient client, ServerProcess server, boolean all) throws Exception {
    try {
      for (int number = 0; number < PARTITIONS; number++) {
        PartitionName partition = new PartitionName("events", number);
        int from = all ? 0 : Math.max(0, ledger.seenTo(partition) - OVERLAP);
        List<ConsumerRecord> records = TOTALS.timed(Part.READ, () -> read(client, partition, from));
        records.forEach(record -> tiers.add(record.tier()));
        ledger.checkFrom(partition, from, records);
      }
    } catch (RuntimeException | AssertionError e) {
      TOTALS.broke();
      throw new AssertionError(
          "Life %d, %d acknowledged: %s%n%s"
              .formatted(lives, ledger.acknowledgements(), e, server.logEnd()),
          e);
    }
  }

  private static List<ConsumerRecord> read(
      ThermoclineClient client, PartitionName partition, long from) {
    List<ConsumerRecord> records = new ArrayList<>();
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.assign(partition, Start.offset(from));
      consumer.forEach(records::add);
    }
    return records;
  }

  /** Moves the rest, then counts: every offset is in the table exactly once. */
  private static void checkTable(ThermoclineClient client) {
    for (TieringReport.Move move : client.admin().runTiering("events", true)) {
      assertThat(move.problem()).isEmpty();
    }
    for (TieringReport.Status status : client.admin().tieringStatus("events")) {
      assertThat(status.tieredTo()).as("tiered to").isEqualTo(status.end());
      String statement =
          "SELECT count(*), count(DISTINCT record_offset), max(record_offset) + 1 FROM events"
              + " WHERE \"partition\" = "
              + status.partition();
      Optional<String> end = Optional.of(Long.toString(status.end()));
      try (QueryRows rows = client.admin().query(statement, 1)) {
        assertThat(rows.iterator().next()).as(statement).containsExactly(end, end, end);
      }
    }
  }

  private static ThermoclineClient connect(ServerProcess server) {
    return ThermoclineClient.connect(server.address(), ClientOptions.defaults());
  }

  private static List<String> settings(Path folder) throws IOException {
    Path policies = folder.resolve("policies.yaml");
    Files.writeString(
        policies,
        """
        apiVersion: thermocline/v1
        kind: TopicPolicies
        policies:
          - topics: ["*"]
            segment: { bytes: 64KiB, age: 1s }
            tiering: { minFileBytes: 1KiB, maxLag: 1s, targetFileBytes: 256KiB }
            hot:     { retain: 0s }
        """);
    return List.of(
        "data.dir=" + folder.resolve("data"),
        "policies.file=" + policies,
        "grpc.port=0",
        "http.port=0",
        "storage.minFree=1MiB",
        "tiering.checkInterval=20ms",
        "tiering.commitInterval=20ms");
  }
}
