package io.thermocline.bench;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerBatch;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.Tier;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** One topic with one partition, and what is done to it. Bytes are those of the record values. */
final class Workload {
  private static final int DISTINCT_VALUES = 4096;
  private static final Duration POLL = Duration.ofSeconds(10);

  private final ThermoclineClient client;
  private final String topic;
  private final PartitionName partition;
  private final ProducerRecord[] records;
  private final int recordBytes;

  Workload(ThermoclineClient client, String topic, int recordBytes) {
    this.client = client;
    this.topic = topic;
    this.partition = new PartitionName(topic, 0);
    this.recordBytes = recordBytes;
    this.records = records(topic, recordBytes);
  }

  /** Values of hexadecimal digits: they compress to about half, as JSON with numbers in it does. */
  private static ProducerRecord[] records(String topic, int recordBytes) {
    Random random = new Random(42);
    ProducerRecord[] records = new ProducerRecord[DISTINCT_VALUES];
    for (int i = 0; i < records.length; i++) {
      byte[] value = new byte[recordBytes];
      for (int at = 0; at < value.length; at++) {
        value[at] = (byte) Character.forDigit(random.nextInt(16), 16);
      }
      records[i] = ProducerRecord.of(topic, null, value).withPartition(0);
    }
    return records;
  }

  /** Produces until {@code bytes} are acknowledged; each batch is forced before that. */
  Measurement produce(long bytes) throws InterruptedException {
    long count = bytes / recordBytes;
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long start = System.nanoTime();
    try (Producer producer = client.producer(ProducerOptions.defaults())) {
      for (long i = 0; i < count; i++) {
        CompletableFuture<RecordMetadata> answer =
            producer.send(records[(int) (i % DISTINCT_VALUES)]);
        var unused =
            answer.whenComplete(
                (metadata, failed) -> {
                  if (failed != null) {
                    failure.compareAndSet(null, failed);
                  }
                });
      }
      producer.flush();
    }
    long nanos = System.nanoTime() - start;
    if (failure.get() != null) {
      throw new IllegalStateException("A record was not produced", failure.get());
    }
    return new Measurement(
        "produce-" + recordBytes,
        count * recordBytes,
        nanos,
        "every batch forced to disk before its acknowledgement");
  }

  /** Fetches everything from the log start to the end found at the beginning. */
  Measurement fetch(String name, Tier expected) {
    long[] valueBytes = new long[1];
    long start = System.nanoTime();
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.assign(partition, Start.earliest());
      while (!consumer.isDone()) {
        for (ConsumerBatch batch : consumer.pollBatches(POLL)) {
          if (batch.tier() != expected) {
            throw new IllegalStateException(
                "Batch at offset " + batch.baseOffset() + " came from " + batch.tier());
          }
          batch.forEachRecord(record -> valueBytes[0] += record.valueLength());
        }
      }
    }
    return new Measurement(
        name,
        valueBytes[0],
        System.nanoTime() - start,
        "from the log start to the end, checksums verified");
  }

  /** Tiers all there is. */
  Measurement tier(long bytes) {
    long start = System.nanoTime();
    long records = run(false);
    long nanos = System.nanoTime() - start;
    if (records * recordBytes < bytes) {
      throw new IllegalStateException("Only " + records + " records were tiered");
    }
    return new Measurement(
        "tiering-" + recordBytes,
        records * recordBytes,
        nanos,
        "segments to zstd Parquet, uploaded, committed");
  }

  /** Lets go of every local copy. */
  void trim() {
    long unused = run(true);
  }

  private long run(boolean trimAll) {
    long records = 0;
    for (TieringReport.Move move : client.admin().runTiering(topic, trimAll)) {
      if (!move.problem().isEmpty()) {
        throw new IllegalStateException("Tiering stands still: " + move.problem());
      }
      records += move.records();
    }
    return records;
  }
}
