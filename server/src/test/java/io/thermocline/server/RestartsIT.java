package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.OffsetLookup;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.client.record.PartitionName;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.net.CuttingProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One idempotent producer, and a server that is killed with {@code kill -9} under it and comes
 * back, while connections are cut as well: not one record fails, and each is stored once, in order,
 * where its answer says.
 *
 * <p>{@code -Drestarts=50} for more of them.
 */
@Timeout(300)
class RestartsIT {
  private static final int RESTARTS = Integer.getInteger("restarts", 3);
  private static final int PARTITIONS = 3;
  private static final int CUTS_EACH = 3;

  @TempDir Path folder;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = 1)
  void everyRecordIsStoredOnceInOrderHoweverOftenTheServerIsKilled(long seed) throws Exception {
    Path log = Files.createFile(folder.resolve("server.log"));
    List<String> settings = settings();
    Random random = new Random(seed);
    ServerProcess server = ServerProcess.start(settings, log);
    try (CuttingProxy proxy =
            new CuttingProxy(port(server), seed, RESTARTS * CUTS_EACH, 200_000, 5_000);
        ThermoclineClient client =
            ThermoclineClient.connect(proxy.address(), ClientOptions.defaults())) {
      try (ThermoclineClient direct = connect(server)) {
        var unused = direct.admin().createTopic("events", PARTITIONS);
      }
      Sending sending = new Sending(client, random.nextLong());
      for (int restart = 0; restart < RESTARTS; restart++) {
        sending.awaitAnswers(1_000 + random.nextInt(2_000));
        server.kill();
        server.awaitEnd();
        server = ServerProcess.start(settings, log);
        proxy.moveTo(port(server));
      }
      sending.awaitAnswers(1_000);
      while (proxy.cuts() < RESTARTS * CUTS_EACH) {
        sending.awaitAnswers(100);
      }
      List<List<CompletableFuture<RecordMetadata>>> sent = sending.end();
      try (ThermoclineClient direct = connect(server)) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          check(direct, partition, sent.get(partition));
        }
      }
      server.stop();
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + System.lineSeparator() + server.logEnd(), e);
    } finally {
      server.close();
    }
  }

  @Test
  void aBatchWhoseAnswerWasLostIsAnsweredByTheNextServerAndNotStoredAgain() throws Exception {
    Path log = Files.createFile(folder.resolve("server.log"));
    ServerProcess server = ServerProcess.start(settings(), log);
    PartitionName name = new PartitionName("events", 0);
    try (CuttingProxy proxy = new CuttingProxy(port(server), 1, 0, 1, 1);
        ThermoclineClient client =
            ThermoclineClient.connect(proxy.address(), ClientOptions.defaults());
        Producer producer = client.producer(ProducerOptions.defaults())) {
      try (ThermoclineClient direct = connect(server)) {
        var unused = direct.admin().createTopic("events", 1);
        ProducerRecord record = ProducerRecord.of("events", null, "x");
        assertThat(Await.result(producer.send(record)).offset()).isZero();
        proxy.loseAnswers();
        CompletableFuture<RecordMetadata> answer = producer.send(record);
        Await.until("it is stored", () -> end(direct, name) == 2);
        server.kill();
        server.awaitEnd();
        assertThat(answer).isNotDone();
        server = ServerProcess.start(settings(), log);
        proxy.moveTo(port(server));
        assertThat(Await.result(answer).offset()).isEqualTo(1);
      }
      assertThat(server.scrape().value("thermocline_hot_append_repeats_batches_total"))
          .as("batches that came again")
          .isPositive();
      try (ThermoclineClient direct = connect(server)) {
        assertThat(end(direct, name)).isEqualTo(2);
      }
      server.stop();
    } finally {
      server.close();
    }
  }

  private static long end(ThermoclineClient client, PartitionName name) {
    return client.admin().offset(name, OffsetLookup.Named.LATEST);
  }

  private List<String> settings() {
    return List.of(
        "data.dir=" + folder.resolve("data"), "grpc.port=0", "http.port=0", "storage.minFree=1MiB");
  }

  /** A thread that sends until it is told to stop. */
  private static final class Sending {
    private final List<List<CompletableFuture<RecordMetadata>>> sent = new ArrayList<>();
    private final Semaphore answers = new Semaphore(0);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Sending(ThermoclineClient client, long seed) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        sent.add(new ArrayList<>());
      }
      Random random = new Random(seed);
      ProducerOptions options =
          ProducerOptions.defaults()
              .withBatchBytes(1 + random.nextInt(10_000))
              .withBufferBytes(256 << 10)
              .withLinger(Duration.ZERO);
      Thread thread = new Thread(() -> run(client, options, random), "sending");
      thread.setDaemon(true);
      thread.start();
    }

    private void run(ThermoclineClient client, ProducerOptions options, Random random) {
      try (Producer producer = client.producer(options)) {
        for (int i = 0; !stopped.get(); i++) {
          List<CompletableFuture<RecordMetadata>> lane = sent.get(i % PARTITIONS);
          String value = lane.size() + "x".repeat(random.nextInt(500));
          ProducerRecord record =
              ProducerRecord.of("events", null, value).withPartition(i % PARTITIONS);
          CompletableFuture<RecordMetadata> answer = producer.send(record);
          lane.add(answer);
          var unused = answer.whenComplete((at, failure) -> answers.release());
        }
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
        answers.release(Integer.MAX_VALUE / 2);
        return;
      }
      done.complete(null);
    }

    void awaitAnswers(int count) throws InterruptedException {
      answers.acquire(count);
    }

    /** What was sent to each partition, in order, all of it answered. */
    List<List<CompletableFuture<RecordMetadata>>> end() {
      stopped.set(true);
      done.join();
      return sent;
    }
  }

  private static void check(
      ThermoclineClient client, int partition, List<CompletableFuture<RecordMetadata>> sent) {
    PartitionName name = new PartitionName("events", partition);
    assertThat(end(client, name)).as("end of %s once all is answered", name).isEqualTo(sent.size());
    List<ConsumerRecord> stored = new ArrayList<>();
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.assign(name, Start.earliest());
      consumer.forEach(stored::add);
    }
    assertThat(stored.size()).as("records of %s", name).isEqualTo(sent.size());
    for (int i = 0; i < sent.size(); i++) {
      assertThat(sent.get(i).join().offset()).as("answer of record %d", i).isEqualTo(i);
      assertThat(stored.get(i).valueText().replace("x", "")).isEqualTo("" + i);
    }
  }

  private static int port(ServerProcess server) {
    return Integer.parseInt(server.address().substring(server.address().lastIndexOf(':') + 1));
  }

  private static ThermoclineClient connect(ServerProcess server) {
    return ThermoclineClient.connect(server.address(), ClientOptions.defaults());
  }
}
