package io.thermocline.bench.compare;

import io.thermocline.bench.ServerMetrics;
import io.thermocline.bench.ServerProcess;
import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.Admin;
import io.thermocline.client.admin.OffsetLookup;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.admin.TopicDescription;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerBatch;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.Compression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Our server, through our Java client. */
final class ThermoclineBroker implements Broker {
  private static final int SMALL_BATCH_BYTES = 16 << 10;

  /** As little as a consumer takes. */
  private static final int SEEKER_BYTES = 64 << 10;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Operations of a store that change nothing. */
  private static final List<String> READING = List.of("read", "head", "list");

  /** Files of 256 MiB; nothing moves before it is asked for, as far as that can be said. */
  private static final String TIERED =
      """
        - topics: ["%s"]
          segment:   { bytes: 128MiB, age: 10m }
          tiering:   { enabled: true, minFileBytes: 256MiB, maxLag: 1d, targetFileBytes: 256MiB, compression: zstd }
          hot:       { retain: 1d, maxBytes: 100GiB }
      """;

  private static final String ROLLING =
      """
        - topics: ["%s"]
          segment:   { bytes: 64MiB, age: 10m }
          tiering:   { enabled: true, minFileBytes: 64MiB, maxLag: 5s, targetFileBytes: 256MiB, compression: zstd }
          hot:       { retain: 1s, maxBytes: 4GiB }
          retention: { age: 1d, maxBytes: 8GiB }
      """;

  private final ServerProcess server;
  private final ThermoclineClient client;
  private final StringBuilder policies =
      new StringBuilder("apiVersion: thermocline/v1\nkind: TopicPolicies\npolicies:\n");

  ThermoclineBroker(ServerProcess server) {
    this.server = server;
    this.client = ThermoclineClient.connect(server.address(), ClientOptions.defaults());
  }

  /** Every topic of ours is forced. */
  @Override
  public void createTopic(String topic, int partitions, boolean forced) {
    var unused = client.admin().createTopic(topic, partitions);
  }

  @Override
  public void createTieredTopic(String topic, int partitions) {
    create(topic, partitions, TIERED);
  }

  @Override
  public void createRollingTopic(String topic) {
    create(topic, 1, ROLLING);
  }

  private synchronized void create(String topic, int partitions, String policy) {
    createTopic(topic, partitions, true);
    policies.append(policy.formatted(topic));
    var unused = client.admin().applyPolicies(policies.toString());
  }

  @Override
  public long untiered(String topic) {
    TieringReport.Status status = client.admin().tieringStatus(topic).get(0);
    if (!status.problem().isEmpty()) {
      throw new IllegalStateException("Tiering stands still: " + status.problem());
    }
    return status.end() - Math.max(status.tieredTo(), status.logStart());
  }

  @Override
  public List<Long> moveToCold(String topic) {
    for (TieringReport.Move move : client.admin().runTiering(topic, true)) {
      if (!move.problem().isEmpty()) {
        throw new IllegalStateException("Tiering stands still: " + move.problem());
      }
    }
    List<Long> ends = new ArrayList<>();
    for (TopicDescription.Partition partition : describe(topic)) {
      if (partition.hotStart() < partition.end()) {
        throw new IllegalStateException("Not all is cold: " + partition);
      }
      ends.add(partition.end());
    }
    return ends;
  }

  @Override
  public long bytesKept(String topic) {
    return describe(topic).stream()
        .mapToLong(partition -> partition.hotBytes() + partition.coldBytes())
        .sum();
  }

  private List<TopicDescription.Partition> describe(String topic) {
    return client.admin().describeTopic(topic, false).partitions();
  }

  @Override
  public void deleteTopic(String topic) {
    client.admin().deleteTopic(topic, Admin.Cold.PURGE);
  }

  @Override
  public RecordSender sender(SenderProfile profile, Compression compression) {
    ProducerOptions defaults = ProducerOptions.defaults();
    ProducerOptions options =
        switch (profile) {
          case THROUGHPUT -> defaults;
          case LATENCY -> defaults.withLinger(Duration.ZERO);
          case MANY_PARTITIONS -> defaults.withBatchBytes(SMALL_BATCH_BYTES);
        };
    return new Sender(client.producer(options.withCompression(compression)));
  }

  @Override
  public RecordReceiver fromStart(String topic, int partition) {
    return receiver(topic, partition, Start.earliest());
  }

  @Override
  public RecordReceiver fromEnd(String topic, int partition) {
    long end =
        client.admin().offset(new PartitionName(topic, partition), OffsetLookup.Named.LATEST);
    return receiver(topic, partition, Start.offset(end));
  }

  @Override
  public RecordSeeker seeker(String topic, int partition) {
    ConsumerOptions options = ConsumerOptions.defaults().withBufferBytes(SEEKER_BYTES);
    return new Seeker(
        client.admin(), client.consumer(options), new PartitionName(topic, partition));
  }

  @Override
  public Duration cpuTime() {
    return server.cpuTime();
  }

  @Override
  public OptionalLong storeReads() {
    try {
      ServerMetrics metrics = server.metrics();
      double reads =
          READING.stream()
              .mapToDouble(
                  operation ->
                      metrics.sum(
                          "thermocline_store_requests_seconds_count",
                          "operation=\"" + operation + "\""))
              .sum();
      return OptionalLong.of((long) reads);
    } catch (IOException e) {
      throw new UncheckedIOException("The server does not say what it did", e);
    }
  }

  private RecordReceiver receiver(String topic, int partition, Start start) {
    Consumer consumer = client.consumer(ConsumerOptions.defaults());
    consumer.assign(new PartitionName(topic, partition), start);
    return new Receiver(consumer);
  }

  @Override
  public void kill() throws IOException {
    client.close();
    server.kill();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }

  private record Sender(Producer producer) implements RecordSender {
    @Override
    public void send(String topic, int partition, byte[] value, Outcome outcome) {
      var unused =
          producer
              .send(ProducerRecord.of(topic, null, value).withPartition(partition))
              .whenComplete((metadata, failure) -> outcome.done(failure));
    }

    @Override
    public void flush() throws InterruptedException {
      producer.flush();
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  private record Seeker(Admin admin, Consumer consumer, PartitionName partition)
      implements RecordSeeker {
    @Override
    public void read(long offset) {
      consumer.assign(partition, Start.offset(offset), offset + 1);
      List<ConsumerBatch> batches = consumer.pollBatches(PATIENCE);
      if (batches.isEmpty()) {
        throw new IllegalStateException("No record of " + partition + " within " + PATIENCE);
      }
      batches.get(0).forEachRecord(record -> {});
      consumer.unassign(partition);
    }

    @Override
    public void read(Instant time) {
      read(admin.offset(partition, OffsetLookup.timestamp(time)));
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  private record Receiver(Consumer consumer) implements RecordReceiver {
    @Override
    public void receive(Duration timeout, ValueVisitor visitor) {
      for (ConsumerBatch batch : consumer.pollBatches(timeout)) {
        batch.forEachRecord(
            record -> visitor.visit(record.array(), record.valueStart(), record.valueLength()));
      }
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
