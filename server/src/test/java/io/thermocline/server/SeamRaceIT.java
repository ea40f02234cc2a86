package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.AuditReport;
import io.thermocline.client.admin.OffsetLookup;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.Tier;
import io.thermocline.server.config.Configuration;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers and audits of the whole log while it is written, tiered, trimmed and cut at its start, on
 * the real tiers: one stream, without gap, repeat or reordering.
 */
class SeamRaceIT {
  private static final PartitionName LOG = new PartitionName("log", 0);
  private static final int ROUNDS = 16;
  private static final int CHUNK = 2_000;
  private static final int READERS = 2;

  private static final String POLICY =
      """
      apiVersion: thermocline/v1
      kind: TopicPolicies
      policies:
        - topics: ["log"]
          segment: { bytes: 64KiB, age: 10m }
          tiering: { enabled: true }
      """;

  @TempDir Path folder;

  /** A chunk to write for each round of moving, and one more that stays hot. */
  private final Semaphore chunks = new Semaphore(1);

  private final AtomicBoolean moved = new AtomicBoolean();

  @Test
  void readersSeeOneStreamWhateverMovesUnderThem() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(READERS + 3);
    try (ThermoclineServer server = open();
        ThermoclineClient client =
            ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults())) {
      var unusedTopic = client.admin().createTopic(LOG.topic(), 1);
      var unusedPlan = client.admin().applyPolicies(POLICY);
      List<Future<Set<Tier>>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(() -> readAgainAndAgain(client)));
      }
      Future<?> writer = threads.submit(write(client));
      Future<?> mover = threads.submit(move(client));
      Future<Integer> auditor = threads.submit(() -> auditAgainAndAgain(client));
      writer.get();
      mover.get();
      assertThat(auditor.get()).isPositive();
      Set<Tier> seen = EnumSet.noneOf(Tier.class);
      for (Future<Set<Tier>> reader : readers) {
        seen.addAll(reader.get());
      }
      assertThat(readOnce(client, seen)).isEqualTo((ROUNDS + 1) * CHUNK);
      assertThat(seen).containsExactlyInAnyOrder(Tier.HOT, Tier.COLD);
    } finally {
      threads.shutdownNow();
    }
  }

  private Callable<Void> write(ThermoclineClient client) {
    return () -> {
      List<CompletableFuture<?>> answers = new ArrayList<>();
      try (Producer producer =
          client.producer(ProducerOptions.defaults().withBatchBytes(8 << 10))) {
        for (int i = 0; i < (ROUNDS + 1) * CHUNK; i++) {
          if (i % CHUNK == 0) {
            chunks.acquire();
          }
          answers.add(producer.send(ProducerRecord.of(LOG.topic(), "key", value(i))));
        }
        producer.flush();
      }
      answers.forEach(CompletableFuture::join);
      return null;
    };
  }

  /** Tiers and trims all the time, and every other round takes the oldest tenth away. */
  private Callable<Void> move(ThermoclineClient client) {
    return () -> {
      try {
        for (int round = 0; round < ROUNDS; round++) {
          chunks.release();
          move(client, round);
        }
      } finally {
        moved.set(true);
        chunks.release(ROUNDS);
      }
      return null;
    };
  }

  private static void move(ThermoclineClient client, int round) {
    for (TieringReport.Move move : client.admin().runTiering(LOG.topic(), true)) {
      assertThat(move.problem()).isEmpty();
      // The server tiers by itself too: what this run moved may be nothing.
      long tieredTo = client.admin().tieringStatus(LOG.topic()).get(0).tieredTo();
      assertThat(move.hotStart()).isLessThanOrEqualTo(Math.max(tieredTo, move.logStart()));
      if (round % 2 == 1) {
        long keep = move.logStart() + (tieredTo - move.logStart()) / 10;
        assertThat(client.admin().deleteRecords(LOG, keep)).isGreaterThanOrEqualTo(keep);
      }
    }
  }

  private Set<Tier> readAgainAndAgain(ThermoclineClient client) {
    Set<Tier> seen = EnumSet.noneOf(Tier.class);
    while (!moved.get()) {
      long unused = readOnce(client, seen);
    }
    return seen;
  }

  /** Audits find nothing wrong, whatever moves under them. Returns how many there were. */
  private int auditAgainAndAgain(ThermoclineClient client) {
    int audits = 0;
    while (!moved.get()) {
      AuditReport.Totals totals =
          client
              .admin()
              .verify(
                  LOG.topic(),
                  true,
                  finding -> assertThat(finding.damage()).as("%s", finding).isFalse());
      assertThat(totals.partitions()).isEqualTo(1);
      audits++;
    }
    return audits;
  }

  /** Reads from the log start to the end found there, and returns where that was. */
  private static long readOnce(ThermoclineClient client, Set<Tier> seen) {
    long logStartBefore = client.admin().offset(LOG, OffsetLookup.Named.EARLIEST);
    long next = -1;
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.assign(LOG, Start.earliest());
      for (ConsumerRecord record : consumer) {
        if (next < 0) {
          assertThat(record.offset()).isGreaterThanOrEqualTo(logStartBefore);
        } else {
          assertThat(record.offset()).isEqualTo(next);
        }
        assertThat(record.valueText()).isEqualTo(value(record.offset()));
        next = record.offset() + 1;
        seen.add(record.tier());
      }
    } catch (ReadFailedException e) {
      // Only a reader that the log start has overtaken may be told so.
      assertThat(e.kind()).isEqualTo(ErrorKind.OUT_OF_RANGE);
      assertThat(client.admin().offset(LOG, OffsetLookup.Named.EARLIEST)).isGreaterThan(next);
    }
    return next;
  }

  private static String value(long offset) {
    return "value %d %s".formatted(offset, "x".repeat(100));
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
                "verify.maxBytesPerSecond=1GiB",
                "storage.minFree=1MiB")),
        InstantSource.system());
  }
}
