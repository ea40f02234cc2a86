package io.thermocline.bench.kafka;

import io.thermocline.bench.TetheredProcess;
import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.RecordReceiver;
import io.thermocline.bench.compare.RecordSeeker;
import io.thermocline.bench.compare.RecordSender;
import io.thermocline.bench.compare.SenderProfile;
import io.thermocline.model.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/** An Apache Kafka node, through Kafka's Java client. */
final class KafkaBroker implements Broker {
  /** Just below what a broker takes in one batch by default. */
  private static final int LARGE_BATCH_BYTES = 1_000_000;

  private static final int NODE = 1;
  private static final int SEGMENT_BYTES = 128 << 20;
  private static final int MOVE_SECONDS = 600;
  private static final int QUIET_SECONDS = 5;

  /** As little as ours asks for. */
  private static final int SEEKER_BYTES = 64 << 10;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TetheredProcess process;
  private final String address;
  private final Admin admin;

  KafkaBroker(TetheredProcess process, String address) {
    this.process = process;
    this.address = address;
    this.admin = Admin.create(Map.of("bootstrap.servers", address));
  }

  /** Deleted files go within a second instead of a minute, when somebody else is measured. */
  @Override
  public void createTopic(String topic, int partitions, boolean forced) {
    Map<String, String> settings = new HashMap<>();
    settings.put(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "1000");
    if (forced) {
      settings.put(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, "1");
    }
    NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
    Void unused = await(admin.createTopics(List.of(wanted.configs(settings))).all());
  }

  @Override
  public void createTieredTopic(String topic, int partitions) {
    createTiered(topic, partitions, Map.of());
  }

  @Override
  public void createRollingTopic(String topic) {
    createTiered(topic, 1, Map.of(TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(8L << 30)));
  }

  @Override
  public long untiered(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    // The last one that was tiered, or -1.
    long tiered = offset(partition, OffsetSpec.latestTiered());
    return offset(partition, OffsetSpec.latest()) - tiered - 1;
  }

  private long offset(TopicPartition partition, OffsetSpec which) {
    return await(admin.listOffsets(Map.of(partition, which)).partitionResult(partition)).offset();
  }

  /** Kept locally: the segment that is written, and nothing else. Segments are as large as ours. */
  private void createTiered(String topic, int partitions, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put(TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG, "true");
    settings.put(TopicConfig.LOCAL_LOG_RETENTION_BYTES_CONFIG, "1");
    settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(SEGMENT_BYTES));
    settings.put(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "1000");
    NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
    Void unused = await(admin.createTopics(List.of(wanted.configs(settings))).all());
  }

  @Override
  public List<Long> moveToCold(String topic) throws InterruptedException {
    List<Long> moved = new ArrayList<>();
    int partitions =
        await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().size();
    for (int number = 0; number < partitions; number++) {
      moved.add(awaitMoved(new TopicPartition(topic, number)));
    }
    return moved;
  }

  /** Waits until the local log has not let go of anything for a while. */
  private long awaitMoved(TopicPartition partition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOVE_SECONDS);
    long local = 0;
    for (int quiet = 0; local == 0 || quiet < QUIET_SECONDS; ) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Kafka moved nothing of " + partition);
      }
      TimeUnit.SECONDS.sleep(1);
      long now = offset(partition, OffsetSpec.earliestLocal());
      quiet = now == local ? quiet + 1 : 0;
      local = now;
    }
    return local;
  }

  @Override
  public long bytesKept(String topic) {
    return await(admin.describeLogDirs(List.of(NODE)).allDescriptions()).get(NODE).values().stream()
        .flatMap(directory -> directory.replicaInfos().entrySet().stream())
        .filter(replica -> replica.getKey().topic().equals(topic))
        .mapToLong(replica -> replica.getValue().size())
        .sum();
  }

  @Override
  public void deleteTopic(String topic) {
    Void unused = await(admin.deleteTopics(List.of(topic)).all());
  }

  @Override
  public RecordSender sender(SenderProfile profile, Compression compression) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address);
    settings.put(
        ProducerConfig.COMPRESSION_TYPE_CONFIG, compression.name().toLowerCase(Locale.ROOT));
    switch (profile) {
      case THROUGHPUT -> settings.put(ProducerConfig.BATCH_SIZE_CONFIG, LARGE_BATCH_BYTES);
      case LATENCY -> settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
      case MANY_PARTITIONS -> {
        // What a producer has by default: batches of 16 KiB.
      }
    }
    return new Sender(
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  @Override
  public RecordReceiver fromStart(String topic, int partition) {
    return receiver(topic, partition, true);
  }

  @Override
  public RecordReceiver fromEnd(String topic, int partition) {
    return receiver(topic, partition, false);
  }

  @Override
  public RecordSeeker seeker(String topic, int partition) {
    Map<String, Object> settings = new HashMap<>(consumerSettings());
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, SEEKER_BYTES);
    // With the rest of a fetch at hand it does not ask for the next one before it is sought.
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    TopicPartition assigned = new TopicPartition(topic, partition);
    KafkaConsumer<ByteBuffer, ByteBuffer> consumer = consumer(settings);
    consumer.assign(List.of(assigned));
    return new Seeker(consumer, assigned);
  }

  @Override
  public Duration cpuTime() {
    return process.cpuTime();
  }

  @Override
  public OptionalLong storeReads() {
    return OptionalLong.empty();
  }

  private Map<String, Object> consumerSettings() {
    return Map.of(
        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
        address,
        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
        false);
  }

  private static KafkaConsumer<ByteBuffer, ByteBuffer> consumer(Map<String, Object> settings) {
    return new KafkaConsumer<>(
        settings, new ByteBufferDeserializer(), new ByteBufferDeserializer());
  }

  private RecordReceiver receiver(String topic, int partition, boolean start) {
    KafkaConsumer<ByteBuffer, ByteBuffer> consumer = consumer(consumerSettings());
    TopicPartition assigned = new TopicPartition(topic, partition);
    consumer.assign(List.of(assigned));
    if (start) {
      consumer.seekToBeginning(List.of(assigned));
    } else {
      consumer.seekToEnd(List.of(assigned));
      // Seeking is lazy: this makes the place the end of now.
      long unused = consumer.position(assigned);
    }
    return new Receiver(consumer);
  }

  @Override
  public void kill() throws IOException {
    admin.close(Duration.ZERO);
    process.kill();
  }

  @Override
  public void close() throws IOException {
    admin.close(Duration.ZERO);
    process.close();
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while Kafka was asked", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka refused", e.getCause());
    }
  }

  private record Sender(Producer<byte[], byte[]> producer) implements RecordSender {
    @Override
    public void send(String topic, int partition, byte[] value, Outcome outcome) {
      var unused =
          producer.send(
              new ProducerRecord<>(topic, partition, null, value),
              (metadata, failure) -> outcome.done(failure));
    }

    @Override
    public void flush() {
      producer.flush();
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  private record Seeker(Consumer<ByteBuffer, ByteBuffer> consumer, TopicPartition partition)
      implements RecordSeeker {
    @Override
    public void read(long offset) {
      consumer.seek(partition, offset);
      if (consumer.poll(PATIENCE).isEmpty()) {
        throw new IllegalStateException("No record of " + partition + " within " + PATIENCE);
      }
    }

    @Override
    public void read(Instant time) {
      read(
          consumer
              .offsetsForTimes(Map.of(partition, time.toEpochMilli()), PATIENCE)
              .get(partition)
              .offset());
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  private record Receiver(Consumer<ByteBuffer, ByteBuffer> consumer) implements RecordReceiver {
    @Override
    public void receive(Duration timeout, ValueVisitor visitor) {
      for (ConsumerRecord<ByteBuffer, ByteBuffer> record : consumer.poll(timeout)) {
        ByteBuffer value = record.value();
        visitor.visit(value.array(), value.arrayOffset() + value.position(), value.remaining());
      }
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
