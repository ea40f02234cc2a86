package io.thermocline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.HotTier;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.net.CuttingProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connections end in the middle of requests and of answers, again and again, while one idempotent
 * producer sends: every record is stored once, in order, where its answer says.
 *
 * <p>{@code -Dcut.seeds=50} for more of it.
 */
@Timeout(120)
class CutConnectionsIT {
  private static final int PARTITIONS = 4;
  private static final int RECORDS = 6_000;
  private static final int CUTS = 15;

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("cut.seeds", 2));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyRecordIsStoredOnceInOrderWhereverConnectionsEnd(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LostAnswer lost = new LostAnswer();
    try (OpenServer server = new OpenServer(lost);
        CuttingProxy proxy = new CuttingProxy(server.server.port(), seed, CUTS, 60_000, 4_000)) {
      lost.proxy = proxy;
      server.admin().createTopic("t", PARTITIONS);
      List<List<CompletableFuture<RecordMetadata>>> sent = new ArrayList<>();
      try (ThermoclineClient client =
              ThermoclineClient.connect(proxy.address(), ClientOptions.defaults());
          Producer producer = client.producer(options(random))) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          sent.add(new ArrayList<>());
        }
        for (int i = 0; i < RECORDS || proxy.cuts() < CUTS; i++) {
          List<CompletableFuture<RecordMetadata>> lane = sent.get(i % PARTITIONS);
          String value = lane.size() + "x".repeat(random.nextInt(300));
          lane.add(
              producer.send(ProducerRecord.of("t", null, value).withPartition(i % PARTITIONS)));
        }
      }
      assertThat(proxy.cuts()).isGreaterThanOrEqualTo(CUTS);
      assertThat(server.hot.repeats()).as("batches that came again").isPositive();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        check(server, partition, sent.get(partition));
      }
    }
  }

  /** Cuts the connections between an append and its answer, once: that batch has to come again. */
  private static final class LostAnswer implements OpenServer.AppendStep {
    private static final int APPENDS_BEFORE = 50;

    private final AtomicInteger appends = new AtomicInteger();
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile CuttingProxy proxy;

    @Override
    public CompletableFuture<Appended> append(
        HotTier real, TopicPartition id, BatchContent batch, AppendConditions conditions) {
      CompletableFuture<Appended> appended = real.append(id, batch, conditions);
      boolean due = appends.incrementAndGet() > APPENDS_BEFORE;
      if (due && !appended.isCompletedExceptionally() && done.compareAndSet(false, true)) {
        assertThat(appended).as("the fake answers at once").isDone();
        proxy.cutNow();
      }
      return appended;
    }
  }

  private static ProducerOptions options(SplittableRandom random) {
    return ProducerOptions.defaults()
        .withIdempotence(true)
        .withBatchBytes(1 + random.nextInt(8_000))
        .withBufferBytes(256 << 10)
        .withLinger(Duration.ZERO);
  }

  private static void check(
      OpenServer server, int partition, List<CompletableFuture<RecordMetadata>> sent) {
    List<ConsumerRecord> stored = new ArrayList<>();
    try (Consumer consumer = server.client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.assign(new PartitionName("t", partition), Start.earliest());
      consumer.forEach(stored::add);
    }
    assertThat(stored).as("records of partition %d", partition).hasSameSizeAs(sent);
    for (int i = 0; i < sent.size(); i++) {
      assertThat(sent.get(i).join().offset()).as("answer of record %d", i).isEqualTo(i);
      assertThat(stored.get(i).offset()).isEqualTo(i);
      assertThat(stored.get(i).valueText().replace("x", "")).isEqualTo("" + i);
    }
  }
}
